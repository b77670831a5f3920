// See stub.hpp.
#include "fakes/dns/stub.hpp"

#include "base/text.hpp"
#include "fakes/dns/wire.hpp"
#include "talk/dns_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace watershed::dns {

namespace {

constexpr std::size_t encoded_answers_max = 65536;

std::string describe(const Fault& fault) {
  std::string text = fmt::format("fault {} on {}", to_string(fault.kind), fault.name);
  if (fault.type) text += " " + talk::to_string(*fault.type);
  const std::string where = to_file_line(fault.at);
  return where.empty() ? text : fmt::format("{} ({})", text, where);
}

}  // namespace

struct DnsStub::Horizon {
  explicit Horizon(ZoneSet zones) : tree(std::move(zones)) {}

  const EncodedAnswer& answer_to(const Query& query) {
    std::string key = query.name;
    key += static_cast<char>(static_cast<unsigned>(query.type) >> 8);
    key += static_cast<char>(static_cast<unsigned>(query.type) & 0xff);
    if (const auto found = encoded.find(key); found != encoded.end()) return found->second;
    if (encoded.size() >= encoded_answers_max) encoded.clear();
    return encoded.emplace(std::move(key), encode(query.name, query.type, tree.find(query.name, query.type)))
        .first->second;
  }

  ZoneTree tree;
  std::unordered_map<std::string, EncodedAnswer> encoded;  // by name and type
};

DnsStub::DnsStub(ZoneSet zones) : world_(std::make_unique<Horizon>(std::move(zones))) {}
DnsStub::~DnsStub() = default;
DnsStub::DnsStub(DnsStub&&) noexcept = default;
DnsStub& DnsStub::operator=(DnsStub&&) noexcept = default;

const ZoneSet& DnsStub::zones() const { return world_->tree.zones(); }

StubAnswer DnsStub::answer(std::string_view bytes, bool over_tcp, const IpAddress& client, stage::Time now) {
  const Query query = parse_query(bytes);
  StubAnswer result;
  result.type = query.type;
  if (!query.name.empty()) result.name = talk::to_text_name(query.name);
  if (query.kind != Query::Kind::question) {
    result.rcode = query.rcode;
    result.decided_by = query.problem;
    if (query.kind == Query::Kind::refusal) result.wire = refuse(query, query.rcode);
    return result;
  }
  const FaultTable::Effect effect = faults_.apply(query.name, query.type, now);
  Horizon& horizon = horizon_of(client);
  result.delay = effect.delay;
  const auto take = [&](const EncodedAnswer& encoded, bool force_truncation) {
    result.wire = finish(encoded, query, over_tcp, force_truncation, result.truncated);
    result.rcode = encoded.rcode;
    result.decision = encoded.decision;
    result.decided_by = encoded.decided_by;
    result.outside = encoded.outside;
  };
  const bool truncates = effect.decides != nullptr && effect.decides->kind == FaultKind::truncate;
  if (effect.decides == nullptr || truncates) {
    take(horizon.answer_to(query), truncates);
  } else if (effect.decides->kind == FaultKind::nxdomain) {
    take(encode(query.name, query.type, horizon.tree.deny(query.name)), false);
  } else if (effect.decides->kind != FaultKind::timeout) {
    result.rcode = effect.decides->kind == FaultKind::refused ? talk::Rcode::refused : talk::Rcode::server_failure;
    result.wire = refuse(query, result.rcode);
  }
  const Fault* fault = effect.decides != nullptr && (!truncates || !over_tcp) ? effect.decides : effect.delays;
  if (fault != nullptr) result.fault = describe(*fault);
  if (effect.decides != nullptr && !truncates) {
    result.decision = Decision::fault;
    result.decided_by = result.fault;
  }
  return result;
}

DnsStub::Horizon& DnsStub::horizon_of(const IpAddress& client) {
  for (const ViewedHorizon& viewed : views_) {
    for (const ClientNetwork& network : viewed.view.clients) {
      if (in_network(client, network.address, network.prefix_bits)) return *viewed.horizon;
    }
  }
  return *world_;
}

void DnsStub::replace(ZoneSet zones) {
  world_ = std::make_unique<Horizon>(std::move(zones));
  for (ViewedHorizon& viewed : views_) {
    viewed.horizon = std::make_unique<Horizon>(overlay(world_->tree.zones(), viewed.view.zones));
  }
}

Result<void, Error> DnsStub::check_change(const Record& record, const ZoneSet& changed) const {
  const std::string name = talk::to_text_name(record.owner);
  if (record.type == talk::RecordType::soa && !world_->tree.is_inside(record.owner)) return {};
  if (!world_->tree.is_inside(record.owner)) return Error{fmt::format("{} is outside every zone", name)};
  std::size_t aliases = 0;
  std::size_t all = 0;
  for (const Record& other : changed.records) {
    if (other.owner != record.owner) continue;
    ++all;
    if (other.type == talk::RecordType::cname) ++aliases;
  }
  // RFC 1034 §3.6.2: nothing stands beside a CNAME.
  if (aliases > 0 && all > 1) return Error{fmt::format("{} would have a CNAME beside other data", name)};
  return {};
}

Result<void, Error> DnsStub::set_record(Record record) {
  ZoneSet changed = zones();
  std::erase_if(changed.records,
                [&](const Record& other) { return other.owner == record.owner && other.type == record.type; });
  changed.records.push_back(record);
  Result<void, Error> checked = check_change(record, changed);
  if (checked) replace(std::move(changed));
  return checked;
}

Result<void, Error> DnsStub::add_record(Record record) {
  if (record.type == talk::RecordType::soa) return set_record(std::move(record));  // a zone has one SOA
  ZoneSet changed = zones();
  changed.records.push_back(record);
  Result<void, Error> checked = check_change(record, changed);
  if (checked) replace(std::move(changed));
  return checked;
}

std::size_t DnsStub::remove_records(std::string_view owner, std::optional<talk::RecordType> type) {
  const Result<std::string, Error> wire_name = talk::to_wire_name(owner);
  if (!wire_name) return 0;
  const std::string name = to_lower(*wire_name);
  ZoneSet changed = zones();
  const std::size_t removed = std::erase_if(changed.records, [&](const Record& record) {
    return record.owner == name && record.type != talk::RecordType::soa && (!type || record.type == *type);
  });
  if (removed > 0) replace(std::move(changed));
  return removed;
}

void DnsStub::set_view(View view) {
  auto horizon = std::make_unique<Horizon>(overlay(zones(), view.zones));
  const auto same = std::find_if(views_.begin(), views_.end(),
                                 [&](const ViewedHorizon& viewed) { return viewed.view.name == view.name; });
  if (same != views_.end()) {
    *same = {std::move(view), std::move(horizon)};
  } else {
    views_.push_back({std::move(view), std::move(horizon)});
  }
}

bool DnsStub::remove_view(std::string_view name) {
  return std::erase_if(views_, [&](const ViewedHorizon& viewed) { return viewed.view.name == name; }) > 0;
}

}  // namespace watershed::dns
