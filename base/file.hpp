// The whole of a file at once, where it does not matter why it cannot be had.
#pragma once

#include <filesystem>
#include <string>

namespace watershed {

/// All octets of the file; empty where it is not there or cannot be read. A file that goes away meanwhile, as those of
/// a process in /proc do, is no exception.
std::string file_bytes(const std::filesystem::path& path);

}  // namespace watershed
