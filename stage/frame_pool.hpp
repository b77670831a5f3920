// Memory for coroutine frames. A simulated message makes some hundred of them, most of a few sizes and short-lived:
// they come from a list of their size instead of the allocator.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace watershed::stage {

/// One set of lists for each thread, so that nothing is locked. A frame that ends in another thread than it began in
/// joins that thread's lists. What was freed stays for the next: a thread holds as much as it once used.
class FramePool {
 public:
  static void* take(std::size_t size) {
    const std::size_t list = list_of(size);
    if (!is_used || list >= list_count) return ::operator new(size);
    Lists& mine = lists();
    Free* const first = mine.first[list];
    if (first == nullptr) return ::operator new((list + 1) * grain_octets);
    mine.first[list] = first->next;
    return first;
  }

  static void give_back(void* frame, std::size_t size) noexcept {
    const std::size_t list = list_of(size);
    if (!is_used || list >= list_count) {
      ::operator delete(frame);
      return;
    }
    Lists& mine = lists();
    mine.first[list] = new (frame) Free{mine.first[list]};
  }

 private:
  // AddressSanitizer sees the use of a frame after its end only where the frame was really freed.
#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool is_used = false;
#elif defined(__has_feature)
  static constexpr bool is_used = !__has_feature(address_sanitizer);
#else
  static constexpr bool is_used = true;
#endif
  static constexpr std::size_t grain_octets = 64;
  static constexpr std::size_t list_count = 64;  // frames up to 4 KiB

  struct Free {
    Free* next;
  };
  struct Lists {
    std::array<Free*, list_count> first{};
    ~Lists() {
      for (Free* each : first) {
        while (each != nullptr) ::operator delete(std::exchange(each, each->next));
      }
    }
  };

  static std::size_t list_of(std::size_t size) { return (size - 1) / grain_octets; }
  static Lists& lists() {
    thread_local Lists mine;
    return mine;
  }
};

}  // namespace watershed::stage
