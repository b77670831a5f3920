// Zones as values, read from RFC 1035 master files. The world's whole DNS is one ZoneSet.
//
// One file may hold many zones: a record belongs to the zone with the deepest SOA at or above its owner. ldns reads
// types and record data; lines, columns and the checks of a whole file are ours (zone.cpp, zone_check.cpp).
#pragma once

#include "base/diagnostic.hpp"
#include "talk/dns_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::dns {

/// One resource record of class IN. `owner` is a wire name in lower case (talk/dns_name.hpp), `rdata` its data in
/// uncompressed wire form without the length.
struct Record {
  std::string owner;
  talk::RecordType type = talk::RecordType::a;
  std::uint32_t ttl_s = 0;
  std::string rdata;
  SourcePosition at;
};

/// All records of a world. Zone cuts follow from the SOA records in it.
struct ZoneSet {
  std::vector<Record> records;
  Diagnostics warnings;  ///< what is legal but looks like a slip; shown by `check`
};

struct ZoneText {
  std::string file;  ///< as shown in messages
  std::string text;
};

/// Reads one or more master files as one set. Understands $ORIGIN, $TTL, `@`, omitted owners, TTL units (`1h30m`),
/// parentheses, comments, quoted strings; $INCLUDE and $GENERATE are refused. A name without trailing dot needs a
/// $ORIGIN.
///
/// Errors: bad syntax; no SOA; a record outside every zone; two SOA records of one zone; a CNAME beside other data
/// (RFC 1034 §3.6.2); a file over 16 MiB. Warnings: MX or NS to a CNAME (RFC 2181 §10.3) or to a name of the set that
/// has no address; a forgotten trailing dot; a CNAME loop; a delegation without the delegated zone.
Parsed<ZoneSet> load_zones(const std::vector<ZoneText>& files);
Parsed<ZoneSet> load_zones(std::string_view text, std::string_view file);

/// Reads one file from disk; messages call it `shown_as`.
Parsed<ZoneSet> load_zone_file(const std::string& path, std::string_view shown_as);

/// One record in master file form with an absolute owner, for changes at run time: `mx.ctbto.int. 300 A 192.0.2.26`.
/// `at` is where the change was asked for (a scenario's line).
Parsed<Record> parse_record(std::string_view text, const SourcePosition& at);

/// `base` with every zone of `override` in place of the zone with the same apex: split horizon, a stale secondary.
ZoneSet overlay(const ZoneSet& base, const ZoneSet& override_zones);

}  // namespace watershed::dns
