// Reads a tenant file: what an organisation has set at its mail provider (fakes/cloud/tenant.hpp).
//
//   version: 1
//   profile: exchange_online
//   domains: { ctbto.org: authoritative }
//   mailboxes:
//     anna.meier@ctbto.org: { aliases: [a.meier@ctbto.org], forward: { to: duty@ctbto.int } }
#pragma once

#include "base/diagnostic.hpp"
#include "fakes/cloud/tenant.hpp"
#include "harness/yaml/document.hpp"
#include "harness/yaml/shape.hpp"

#include <filesystem>
#include <string>

namespace watershed::harness {

yaml::Shape tenant_file_shape();

/// The settings, with the profile's defaults where the file is silent; `shown` is the file's name in messages and in
/// `decided_by`. All that is wrong comes together: addresses that stand for two things, unknown domains, folders,
/// members.
Parsed<cloud::Tenant> read_tenant_file(const std::filesystem::path& file, const std::string& shown);

/// The same for a document that tenant_file_shape() has validated.
Parsed<cloud::Tenant> bind_tenant(const yaml::Node& root);

}  // namespace watershed::harness
