// What arrived nearest to what was wanted: for an author who wrote one word wrong. See support.hpp.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

namespace {

constexpr std::size_t shown_max = 3;

struct Near {
  std::size_t differing = 0;
  std::string text;  ///< the delivery, and the first thing that differs
};

Near near_of(const RootMessage& root, const Delivery& delivery, std::string_view label, std::string_view mailbox,
             std::string_view folder) {
  struct Aspect {
    std::string_view name;
    std::string_view wanted;
    bool fits;
  };
  const Aspect aspects[] = {
      {"message", label, root.label == label},
      {"mailbox", mailbox, mailbox.empty() || equal_ignoring_case(mailbox, delivery.mailbox)},
      {"folder", folder, folder.empty() || folder == delivery.folder},
  };
  Near near;
  near.text = fmt::format("'{}' in {} of {}", root.label, delivery.folder, delivery.mailbox);
  for (const Aspect& aspect : aspects) {
    if (aspect.fits) continue;
    if (near.differing++ == 0) near.text += fmt::format(" (another {}, wanted {})", aspect.name, aspect.wanted);
  }
  return near;
}

}  // namespace

std::string closest_deliveries(const Evidence& evidence, std::string_view label, std::string_view mailbox,
                               std::string_view folder) {
  std::vector<Near> all;
  for (const auto& [index, root] : evidence.lineage.roots()) {
    for (const Delivery& delivery : root.deliveries) {
      if (delivery.is_notice) continue;
      Near near = near_of(root, delivery, label, mailbox, folder);
      const bool is_known =
          std::any_of(all.begin(), all.end(), [&](const Near& each) { return each.text == near.text; });
      if (!is_known) all.push_back(std::move(near));
      if (all.size() > 1000) break;  // of a load, messages are alike
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Near& a, const Near& b) { return a.differing < b.differing; });
  if (all.size() > shown_max) all.resize(shown_max);
  std::string out;
  for (const Near& near : all) out += (out.empty() ? "; closest: " : ", ") + near.text;
  return out;
}

}  // namespace watershed::harness
