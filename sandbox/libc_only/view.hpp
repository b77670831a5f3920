// What the programs of one host are shown where the kernel gives no namespace: other addresses than the kernel's, files
// of their own in place of the machine's, a host name and a log. The harness writes it to a file, the preloaded library
// reads it when a program starts, and answers in libc for what is not so in the kernel.
//
// Nothing here needs the C++ library: it is loaded into other people's programs. See ld.so(8).
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cstddef>

namespace watershed::sandbox::libc_only {

/// Name of the environment variable that says where the view is.
inline constexpr const char* view_variable = "WATERSHED_VIEW";
/// Last octets within the run's own 127.x.y.0/24: what programs know as 127.0.0.1, where notices of attempts to get
/// out are sent, and what nobody else may hold while the run goes on.
inline constexpr unsigned own_loopback_octet = 1;
inline constexpr unsigned notice_octet = 252;
inline constexpr unsigned lock_octet = 254;
inline constexpr unsigned first_address_octet = 2;
inline constexpr unsigned last_address_octet = 250;
inline constexpr unsigned notice_port = 9;  ///< discard, RFC 863

/// An attempt to send something to an address outside of the world; the payload of a notice. It was not sent.
struct Notice {
  unsigned char family = AF_INET;  ///< AF_INET or AF_INET6
  unsigned char protocol = IPPROTO_TCP;
  unsigned char port[2] = {};      ///< in network order
  unsigned char address[16] = {};  ///< IPv4 in the first four
};
static_assert(sizeof(Notice) == 20);

struct View {
  static constexpr std::size_t paths_max = 48;
  static constexpr std::size_t text_max = 64 * 1024;

  struct Path {
    const char* shown;  ///< as programs name it
    const char* real;
    std::size_t shown_octets;
    std::size_t real_octets;
  };

  const char* file = nullptr;  ///< where this was read from; null: there is no view
  const char* hostname = "";
  const char* log = "";   ///< a datagram socket, in place of /dev/log
  const char* work = "";  ///< what lies below is real and never shown elsewhere
  std::size_t work_octets = 0;
  in_addr_t network = 0;      ///< 127.x.y.0, in host order
  in_addr_t own = 0;          ///< the host's first address as the kernel has it, in host order
  in_addr_t world[256] = {};  ///< by last octet, in host order; 0: nobody's
  Path paths[paths_max] = {};
  std::size_t path_count = 0;
  bool is_chrooted = false;  ///< paths are below another root now, and are the program's own
  char text[text_max] = {};
};

/// This process's; reads it when asked first.
View& view();

/// The path to use instead of `shown`, in `buffer` if it differs. PATH_MAX octets.
const char* real_path(const char* shown, char* buffer);

/// To be called when the process has changed it: relative paths start there.
void note_working_folder();

/// Environment settings that must go on to every program that is started: `LD_PRELOAD=…` and the view's.
const char* preload_setting();
const char* view_setting();

/// As the kernel has it; 0: outside of the world.
in_addr_t wire_address(in_addr_t world);
/// As the world has it; addresses that are not the run's stay.
in_addr_t world_address(in_addr_t wire);

}  // namespace watershed::sandbox::libc_only
