// The files of a first world, as `watershed new world NAME` writes them.
#pragma once

#include <span>
#include <string_view>

namespace watershed::cli {

struct FirstFile {
  std::string_view path;  ///< below the world's folder
  std::string_view text;  ///< `@NAME@` stands for the world's name
};

std::span<const FirstFile> first_world_files();

/// requirements.yaml for a folder of scenarios that has none.
std::string_view first_requirements();

}  // namespace watershed::cli
