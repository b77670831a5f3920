// See capture.hpp.
#include "witness/capture.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <array>

namespace watershed::witness {

namespace {

pcap_t* pcap_of(void* handle) { return static_cast<pcap_t*>(handle); }

struct Handover {
  const PacketSink* sink;
  LinkType link;
  std::size_t count = 0;
};

void hand_over(u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
  auto& handover = *reinterpret_cast<Handover*>(user);
  RawPacket packet;
  // With nanosecond precision tv_usec holds nanoseconds: pcap_set_tstamp_precision(3PCAP).
  packet.unix_ns = std::int64_t{header->ts.tv_sec} * 1'000'000'000 + std::int64_t{header->ts.tv_usec};
  packet.original_octets = header->len;
  packet.link = handover.link;
  packet.bytes = {reinterpret_cast<const char*>(bytes), header->caplen};
  (*handover.sink)(packet);
  ++handover.count;
}

LinkType link_of(pcap_t* handle) {
  const int type = pcap_datalink(handle);
  // DLT_RAW is 12 on Linux; in files it is LINKTYPE_RAW, 101.
  return type == DLT_RAW ? LinkType::raw : static_cast<LinkType>(type);
}

bool is_known(LinkType link) {
  return link == LinkType::null || link == LinkType::ethernet || link == LinkType::raw || link == LinkType::linux_sll ||
         link == LinkType::linux_sll2;
}

Error error_of(std::string_view what, pcap_t* handle) {
  return Error{fmt::format("{}: {}", what, pcap_geterr(handle))};
}

Result<std::size_t, Error> dispatch(pcap_t* handle, LinkType link, const PacketSink& sink) {
  Handover handover{&sink, link};
  for (;;) {
    const int count = pcap_dispatch(handle, -1, hand_over, reinterpret_cast<u_char*>(&handover));
    if (count < 0) return error_of("reading packets", handle);
    if (count == 0) return handover.count;
  }
}

}  // namespace

void LiveCapture::Close::operator()(void* handle) const { pcap_close(pcap_of(handle)); }

LiveCapture::LiveCapture(void* handle) : handle_(handle), link_(link_of(pcap_of(handle))) {}

Result<LiveCapture, Error> LiveCapture::open(const CaptureOptions& options) {
  std::array<char, PCAP_ERRBUF_SIZE> buffer{};
  std::unique_ptr<void, Close> handle(pcap_create(options.device.c_str(), buffer.data()));
  if (!handle) return Error{fmt::format("capturing on {}: {}", options.device, buffer.data())};
  pcap_t* pcap = pcap_of(handle.get());
  pcap_set_snaplen(pcap, options.snapshot_octets);
  pcap_set_buffer_size(pcap, options.buffer_octets);
  pcap_set_timeout(pcap, options.retire_ms);
  pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
  const int activated = pcap_activate(pcap);
  if (activated < 0) {
    const std::string_view details = pcap_geterr(pcap);
    return Error{fmt::format("capturing on {}: {}{}{}", options.device, pcap_statustostr(activated),
                             details.empty() ? "" : ", ", details)};
  }
  if (pcap_setnonblock(pcap, 1, buffer.data()) < 0) return Error{buffer.data()};
  LiveCapture capture(handle.release());
  if (!options.filter.empty()) {
    if (const auto set = capture.set_filter(options.filter); !set) return set.error();
  }
  if (pcap_get_tstamp_precision(pcap) != PCAP_TSTAMP_PRECISION_NANO) return Error{"no nanosecond timestamps"};
  if (!is_known(capture.link_)) return Error{fmt::format("{} has an unknown link type", options.device)};
  return capture;
}

Result<void, Error> LiveCapture::set_filter(const std::string& filter) {
  pcap_t* pcap = pcap_of(handle_.get());
  bpf_program program{};
  if (pcap_compile(pcap, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) < 0) {
    return error_of(fmt::format("the capture filter '{}'", filter), pcap);
  }
  const int set = pcap_setfilter(pcap, &program);
  pcap_freecode(&program);
  if (set < 0) return error_of("setting the capture filter", pcap);
  return {};
}

Result<std::size_t, Error> LiveCapture::poll(const PacketSink& sink) {
  return dispatch(pcap_of(handle_.get()), link_, sink);
}

int LiveCapture::descriptor() const { return pcap_get_selectable_fd(pcap_of(handle_.get())); }

std::uint64_t LiveCapture::dropped() const {
  pcap_stat statistics{};
  if (pcap_stats(pcap_of(handle_.get()), &statistics) != 0) return 1;
  return std::uint64_t{statistics.ps_drop} + statistics.ps_ifdrop;
}

Result<std::size_t, Error> read_savefile(const std::string& path, const PacketSink& sink) {
  std::array<char, PCAP_ERRBUF_SIZE> buffer{};
  pcap_t* opened = pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, buffer.data());
  if (opened == nullptr) return Error{fmt::format("{}: {}", path, buffer.data())};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(opened, pcap_close);
  const LinkType link = link_of(opened);
  if (!is_known(link)) return Error{fmt::format("{} has an unknown link type", path)};
  Handover handover{&sink, link};
  if (pcap_loop(opened, -1, hand_over, reinterpret_cast<u_char*>(&handover)) < 0) return error_of(path, opened);
  return handover.count;
}

}  // namespace watershed::witness
