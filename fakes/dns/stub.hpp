// The DNS of the whole world, pure: a query's bytes in, an answer's bytes out. No socket, no clock.
//
// It stands for every name server and resolver there is: authoritative for its zones, and for all else the root that
// says NXDOMAIN at once, so nothing is ever asked outside. RFC 1034 §4.3.2, RFC 1035, RFC 2308 (negative answers), RFC
// 4592 (wildcards), RFC 6891 (EDNS). Strict with queries, honest by default, rude on request (fault.hpp).
#pragma once

#include "base/ip_address.hpp"
#include "fakes/dns/fault.hpp"
#include "fakes/dns/zone_tree.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::dns {

struct StubAnswer {
  std::optional<std::string> wire;  ///< none: stay silent (timeout fault, garbage too short to answer)
  stage::Duration delay{};
  std::string name;  ///< the question in lower case; empty when the query has none
  talk::RecordType type = talk::RecordType::a;
  talk::Rcode rcode = talk::Rcode::no_error;
  bool truncated = false;
  Decision decision = Decision::bad_query;
  std::string decided_by;
  std::string outside;  ///< exchangers in the answer that no zone has
  std::string fault;    ///< the fault that took effect, with its place; empty: none
};

/// Clients of a view see `zones` in place of the world's zones with the same apex (split horizon, stale secondary).
struct ClientNetwork {
  IpAddress address;
  int prefix_bits = 0;
};
struct View {
  std::string name;
  std::vector<ClientNetwork> clients;
  ZoneSet zones;
};

class DnsStub {
 public:
  explicit DnsStub(ZoneSet zones);
  ~DnsStub();
  DnsStub(DnsStub&&) noexcept;
  DnsStub& operator=(DnsStub&&) noexcept;

  /// Answers one message. Over UDP the answer fits 512 octets or what EDNS allows (at most 4096), else TC is set.
  StubAnswer answer(std::string_view query, bool over_tcp, const IpAddress& client, stage::Time now);

  /// New zones for the world; views and faults stay.
  void replace(ZoneSet zones);
  const ZoneSet& zones() const;

  /// Puts a record in place of all records with its owner and type; `add_record` puts it beside them. Fails when the
  /// owner is outside every zone or would have a CNAME beside other data.
  Result<void, Error> set_record(Record record);
  Result<void, Error> add_record(Record record);
  /// Takes away the records at `owner` (text), all types when none is given. Returns how many; a SOA stays.
  std::size_t remove_records(std::string_view owner, std::optional<talk::RecordType> type);

  /// Adds a view or replaces the one with its name. A client belongs to the first view that names it.
  void set_view(View view);
  bool remove_view(std::string_view name);

  FaultTable& faults() { return faults_; }

 private:
  struct Horizon;  // what one group of clients sees: a tree with its encoded answers
  struct ViewedHorizon {
    View view;
    std::unique_ptr<Horizon> horizon;
  };

  Horizon& horizon_of(const IpAddress& client);
  Result<void, Error> check_change(const Record& record, const ZoneSet& changed) const;

  std::unique_ptr<Horizon> world_;
  std::vector<ViewedHorizon> views_;
  FaultTable faults_;
};

}  // namespace watershed::dns
