// See rspamd_rules.hpp.
#include "harness/lanes/live/rspamd_rules.hpp"

#include "base/ip_address.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace watershed::harness {

namespace {

// What the rules below call. The names are those of fakes/spam/rule.hpp.
constexpr const char* prelude = R"lua(
local regexp = require "rspamd_regexp"

local function has_text(value, wanted) return string.find(value, wanted, 1, true) ~= nil end

local function header(task, name, matches)
  for _, field in ipairs(task:get_header_full(name) or {}) do
    local value = string.gsub(tostring(field.value or field.decoded or ""), "\r?\n", "")
    if matches(value) then return true end
  end
  return false
end

local function body(task) return tostring(task:get_rawbody() or "") end

local function from_network(task, network, bits)
  local ip = task:get_from_ip()
  if not ip or not ip:is_valid() then return false end
  local masked = ip:apply_mask(bits)
  return masked ~= nil and masked:is_valid() and masked:to_string() == network
end

local function reverse_path(task, pattern)
  local from = task:get_from("smtp")
  local address = from and from[1] and string.lower(from[1].addr or "") or ""
  return string.find(address, pattern) ~= nil
end

local function forward_path(task, pattern)
  for _, to in ipairs(task:get_recipients("smtp") or {}) do
    if string.find(string.lower(to.addr or ""), pattern) then return true end
  end
  return false
end

local gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" .. "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
local function has_gtube(task)
  return has_text(body(task), gtube) or header(task, "Subject", function(value) return has_text(value, gtube) end)
end

local function verdict(task)
)lua";

constexpr const char* registration = R"lua(
end

rspamd_config:register_symbol({ name = "WATERSHED", type = "prefilter", priority = 10, flags = "empty",
                                callback = verdict })
)lua";

// `*@*.example` as a Lua pattern: nothing but letters and digits means itself without a `%`.
std::string lua_pattern(std::string_view pattern) {
  if (pattern == "<>") return "^$";
  std::string out = "^";
  for (const char c : to_lower(std::string(pattern))) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (c == '*') {
      out += ".*";
    } else {
      if (!plain) out += '%';
      out += c;
    }
  }
  return out + "$";
}

Result<std::string, Error> network_condition(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return address.error();
  int bits = address->is_v6 ? 128 : 32;
  if (slash != std::string_view::npos) std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
  IpAddress network = *address;
  for (int bit = bits; bit < (network.is_v6 ? 128 : 32); ++bit) {
    const auto index = static_cast<std::size_t>(bit / 8);
    network.bytes[index] = static_cast<std::uint8_t>(network.bytes[index] & ~(0x80 >> bit % 8));
  }
  return text_result(fmt::format("from_network(task, {}, {})", lua_literal(to_string(network)), bits));
}

Result<std::string, Error> conditions(const spam::Match& match) {
  std::string all = "true";
  const auto also = [&all](const std::string& condition) { all += " and " + condition; };
  if (match.gtube) also("has_gtube(task)");
  if (!match.header.empty()) {
    std::string test = "true";
    if (!match.header_contains.empty()) {
      test = fmt::format("has_text(string.lower(value), {})", lua_literal(to_lower(match.header_contains)));
    } else if (!match.header_regex.empty()) {
      // POSIX and PCRE agree but for what a backslash and `(?` mean.
      if (match.header_regex.find('\\') != std::string::npos || match.header_regex.find("(?") != std::string::npos) {
        return Error{"a backslash means other things to rspamd's regular expressions than to POSIX"};
      }
      test = fmt::format("regexp.create({}, 'i'):match(value)", lua_literal(match.header_regex));
    }
    also(fmt::format("header(task, {}, function(value) return {} end)", lua_literal(match.header), test));
  }
  if (!match.body_contains.empty()) also(fmt::format("has_text(body(task), {})", lua_literal(match.body_contains)));
  if (!match.reverse_path.empty())
    also(fmt::format("reverse_path(task, {})", lua_literal(lua_pattern(match.reverse_path))));
  if (!match.recipient.empty()) also(fmt::format("forward_path(task, {})", lua_literal(lua_pattern(match.recipient))));
  if (!match.client.empty()) {
    const auto network = network_condition(match.client);
    if (!network) return network.error();
    also(*network);
  }
  if (match.size_over_octets) also(fmt::format("task:get_size() > {}", *match.size_over_octets));
  return text_result(all);
}

// rspamd's milter answers 554 5.7.1 to what it rejects and 451 4.7.1 to what it puts off; only the text is the rule's.
Result<std::string, Error> reply_text(const spam::Rule& rule, int code, std::string_view status,
                                      std::string otherwise) {
  if (rule.reply.code == 250) return text_result(std::move(otherwise));
  const std::string text = mail::to_line(rule.reply);
  const std::string start = fmt::format("{} {} ", code, status);
  if (text.starts_with(start)) return text_result(text.substr(start.size()));
  return Error{fmt::format("rspamd's milter can only answer {}…, not '{}'", start, text)};
}

std::string headers(const std::vector<std::string>& fields) {
  std::string table;
  for (const std::string& field : fields) {
    const std::size_t colon = field.find(':');
    table +=
        fmt::format("[{}] = {}, ", lua_literal(field.substr(0, colon)), lua_literal(trim(field.substr(colon + 1))));
  }
  return fmt::format("task:set_milter_reply({{ add_headers = {{ {} }} }}) ", table);
}

Result<std::string, Error> action(const spam::Rule& rule, std::string_view filter_name) {
  using talk::FilterAction;
  const auto result = [](const char* name, const std::string& text) {
    return text_result(fmt::format("task:set_pre_result({}, {})", lua_literal(name), lua_literal(text)));
  };
  switch (rule.action) {
    case FilterAction::accept:
      return result("no action", rule.name);
    case FilterAction::tag: {
      const std::vector<std::string> stock = {
          "X-Spam-Flag: YES", fmt::format("X-Spam-Status: Yes, rule={}, filter={}", rule.name, filter_name)};
      return text_result(headers(rule.add_fields.empty() ? stock : rule.add_fields) + *result("no action", rule.name));
    }
    case FilterAction::quarantine:
      return result("quarantine", rule.name);
    case FilterAction::discard:
      return result("discard", rule.name);
    case FilterAction::reject: {
      const auto text =
          reply_text(rule, 554, "5.7.1", fmt::format("{}: message refused as spam ({})", filter_name, rule.name));
      if (!text) return text.error();
      return result("reject", *text);
    }
    case FilterAction::tempfail:
      break;
  }
  const auto text = reply_text(rule, 451, "4.7.1", fmt::format("{}: try again later ({})", filter_name, rule.name));
  if (!text) return text.error();
  return result("soft reject", *text);
}

}  // namespace

std::string lua_literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    }
  }
  return out + "\"";
}

Result<std::string, Error> rspamd_lua(std::span<const spam::Rule> rules, std::string_view filter_name) {
  std::string lua = prelude;
  spam::Rule gtube;
  gtube.name = "GTUBE";
  gtube.match.gtube = true;
  gtube.action = talk::FilterAction::reject;
  const auto add = [&](const spam::Rule& rule) -> Result<void, Error> {
    const auto when = conditions(rule.match);
    if (!when) return Error{fmt::format("spam rule '{}': {}", rule.name, when.error().message)};
    const auto then = action(rule, filter_name);
    if (!then) return Error{fmt::format("spam rule '{}': {}", rule.name, then.error().message)};
    lua += fmt::format("  if {} then {} return end\n", *when, *then);
    return {};
  };
  if (const auto added = add(gtube); !added) return added.error();
  for (const spam::Rule& rule : rules) {
    if (const auto added = add(rule); !added) return added.error();
  }
  return text_result(lua + registration);
}

}  // namespace watershed::harness
