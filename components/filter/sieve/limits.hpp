// Every bound of the Sieve engine in one place, so that a hostile script or message meets a stated limit and no other.
// RFC 5228 §10 and RFC 5229 §6 ask for such limits; the defaults are at least the minima that the RFCs name, and where
// Pigeonhole has a setting for the same thing, its default.
#pragma once

#include <cstddef>
#include <cstdint>

namespace watershed::sieve {

struct Limits {
  // Compile time.
  std::size_t script_octets_max = 16UL * 1024 * 1024;
  std::size_t nesting_max = 32;  ///< blocks in blocks, and tests in tests; RFC 5228 §2.10.5 asks for 15
  std::size_t string_octets_max = 1024UL * 1024;
  std::size_t diagnostics_max = 100;  ///< further errors of one script are counted, not listed
  std::size_t regex_octets_max = 1024;
  std::size_t regex_repeat_max = 255;  ///< highest n in {n}; glibc expands repetitions in memory

  // Run time.
  std::size_t steps_max = 1'000'000;  ///< commands and tests carried out for one message
  std::size_t actions_max = 32;       ///< sieve_max_actions
  std::size_t redirects_max = 4;      ///< sieve_max_redirects
  std::size_t match_values_max = 33;  ///< ${0} … ${32}; RFC 5229 §3.2 asks for ${9} at least
  std::size_t variables_max = 256;    ///< RFC 5229 §6 asks for 128 at least
  std::size_t variable_name_octets_max = 64;
  std::size_t variable_value_octets_max = 4096;  ///< longer values are cut between characters, RFC 5229 §6
  std::size_t regex_value_octets_max = 64UL * 1024;
  std::size_t include_nesting_max = 10;  ///< sieve_include_max_nesting_depth; RFC 6609 §3.2 asks for 3
  std::size_t includes_max = 255;        ///< sieve_include_max_includes
  std::size_t mime_depth_max = 64;
  std::size_t mime_parts_max = 1024;
  std::size_t loop_nesting_max = 4;                     ///< foreverypart in foreverypart
  std::size_t header_octets_added_max = 2048;           ///< sieve_editheader_max_header_size
  std::size_t message_octets_max = 64UL * 1024 * 1024;  ///< what editing may make of a message
  std::size_t handle_octets_max = 4096;
  std::size_t header_addresses_max = 10'000;  ///< addresses read from one header field

  // Vacation. RFC 5230 §4.1: a site may have a minimum and a maximum; RFC 6131 §2.1: 0 seconds may be allowed. A
  // maximum of 0 is none.
  std::int64_t vacation_seconds_min = 24L * 3600;          ///< sieve_vacation_min_period
  std::int64_t vacation_seconds_max = 0;                   ///< sieve_vacation_max_period
  std::int64_t vacation_seconds_default = 7L * 24 * 3600;  ///< sieve_vacation_default_period

  // duplicate. RFC 7352 §3.3.
  std::int64_t duplicate_seconds_default = 12L * 3600;  ///< sieve_duplicate_default_period
  std::int64_t duplicate_seconds_max = 2L * 24 * 3600;  ///< sieve_duplicate_max_period
};

}  // namespace watershed::sieve
