// See live_witness.hpp.
#include "harness/lanes/live/live_witness.hpp"

#include "sandbox/libc_only/view.hpp"

#include <fmt/format.h>

#include <chrono>

namespace watershed::harness {

namespace {

std::int64_t unix_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The machine's own loopback has more on it than this run.
std::string filter_of(const LiveWitness::Wire& wire) {
  return wire.map.empty() ? "" : fmt::format("net {}/24", to_string(wire.network));
}

}  // namespace

Result<std::unique_ptr<LiveWitness>, Error> LiveWitness::start(stage::RealExecutor& executor, Wire wire,
                                                               std::vector<WireHost> hosts,
                                                               std::filesystem::path file) {
  witness::CaptureOptions options;
  options.filter = filter_of(wire);
  auto capture = witness::LiveCapture::open(options);
  if (!capture) return capture.error();
  auto kept = witness::PcapngFile::create(file.string(), capture->link(), options.device,
                                          static_cast<std::uint32_t>(options.snapshot_octets));
  if (!kept) return kept.error();
  // Programs of one host talk among themselves over these.
  wire.addresses.insert(*parse_ip_address("127.0.0.1"));
  wire.addresses.insert(*parse_ip_address("::1"));
  const std::int64_t start_unix_ns = unix_ns() - executor.now().count();
  return std::unique_ptr<LiveWitness>(new LiveWitness(executor, std::move(*capture), std::move(*kept), std::move(file),
                                                      std::move(wire), std::move(hosts), start_unix_ns));
}

LiveWitness::LiveWitness(stage::RealExecutor& executor, witness::LiveCapture capture, witness::PcapngFile file,
                         std::filesystem::path path, Wire wire, std::vector<WireHost> hosts, std::int64_t start_unix_ns)
    : executor_(executor),
      capture_(std::move(capture)),
      file_(std::move(file)),
      path_(std::move(path)),
      witness_({.addresses = std::move(wire.addresses),
                .on_said =
                    [this](const witness::SaidBytes& said) {
                      dialogues_.hear(said.connection, said.from_client, stage::Time(said.unix_ns - start_unix_ns_),
                                      said.bytes);
                    }}),
      journal_(std::move(hosts), start_unix_ns),
      input_(executor, capture_.descriptor()),
      start_unix_ns_(start_unix_ns) {
  if (wire.map.empty()) return;
  filter_ = filter_of(wire);
  IpAddress notices = wire.network;
  notices.bytes[3] = sandbox::libc_only::notice_octet;
  rewriter_.emplace(std::move(wire.map), witness::NoticeOf{notices, sandbox::libc_only::notice_port});
}

stage::Task<void> LiveWitness::watch(stage::Signal& stirs) {
  // The kernel hands packets over in blocks: a short sleep between looks costs less than a wake-up for each block.
  constexpr stage::Duration between_looks = std::chrono::milliseconds(2);
  while (!finished_) {
    co_await input_.wait();
    const std::uint64_t before = packets();
    poll();
    if (packets() != before) stirs.notify();
    co_await executor_.sleep_for(between_looks);
  }
}

void LiveWitness::poll() {
  if (finished_) return;
  const auto keep = [this](const witness::RawPacket& packet) {
    file_.write(packet);
    witness_.take(packet);
  };
  const auto polled = rewriter_
                          ? capture_.poll([&](const witness::RawPacket& packet) { rewriter_->take(packet, keep); })
                          : capture_.poll(keep);
  const std::int64_t now = start_unix_ns_ + executor_.now().count();
  // A capture that broke has lost an unknown number of packets; one is enough.
  witness_.note_drops(capture_.dropped() + missed_ + (polled ? 0 : 1), now);
}

Result<void, Error> LiveWitness::listen(bool wanted) {
  if (!wanted) ++missed_;
  poll();
  // No packet is as long.
  return capture_.set_filter(wanted ? filter_ : "greater 1000000");
}

DialogueRecorder LiveWitness::take_dialogues(const JournalReading& reading) {
  dialogues_.renumber(reading.connections);
  return std::move(dialogues_);
}

void LiveWitness::finish() {
  if (finished_) return;
  poll();
  finished_ = true;
  const std::int64_t now = start_unix_ns_ + executor_.now().count();
  if (!file_.close()) witness_.note_drops(capture_.dropped() + missed_ + 1, now);
  witness_.finish(now);
}

}  // namespace watershed::harness
