// Reading result files: see result_file.hpp. The first thing that does not fit ends the reading; its place is told as a
// path of keys, `scenarios[3].messages[0].fate`.
#include "base/json_reader.hpp"
#include "harness/result_file/fields.hpp"
#include "harness/result_file/result_file.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <array>
#include <limits>
#include <optional>

namespace watershed::harness {

namespace {

namespace json = boost::json;

constexpr std::array verdicts{Verdict::passed, Verdict::failed, Verdict::error, Verdict::skipped,
                              Verdict::inconclusive};

std::string_view kind_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "true or false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a text";
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
  }
  return "?";
}

std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

class Reader {
 public:
  const std::optional<std::string>& error() const { return error_; }

  void read(const json::value& value, std::string& text) {
    if (const json::string* found = wanted(value, value.if_string(), "a text")) text = from_utf8(view(*found));
  }
  void read(const json::value& value, bool& truth) {
    if (const bool* found = wanted(value, value.if_bool(), "true or false")) truth = *found;
  }
  void read(const json::value& value, double& number) {
    if (const double* found = value.if_double()) {
      number = *found;
    } else if (const std::int64_t* whole = value.if_int64()) {
      number = static_cast<double>(*whole);
    } else if (const std::uint64_t* large = value.if_uint64()) {
      number = static_cast<double>(*large);
    } else {
      fail(fmt::format("expected a number, found {}", kind_name(value)));
    }
  }
  template <std::integral T>
  void read(const json::value& value, T& number) {
    if (const std::int64_t* found = value.if_int64(); found != nullptr && std::in_range<T>(*found)) {
      number = static_cast<T>(*found);
    } else if (const std::uint64_t* large = value.if_uint64(); large != nullptr && std::in_range<T>(*large)) {
      number = static_cast<T>(*large);
    } else {
      fail(fmt::format("expected a whole number from {} to {}, found {}", std::numeric_limits<T>::min(),
                       std::numeric_limits<T>::max(), kind_name(value)));
    }
  }
  void read(const json::value& value, Verdict& verdict) {
    std::string text;
    read(value, text);
    if (error_) return;
    for (const Verdict known : verdicts) {
      if (text == to_string(known)) {
        verdict = known;
        return;
      }
    }
    fail(fmt::format("'{}' is no verdict; expected passed, failed, error, skipped or inconclusive", text));
  }
  template <class T>
  void read(const json::value& value, std::vector<T>& list) {
    each_element(value, [&](const json::value& element) { read(element, list.emplace_back()); });
  }
  template <class T>
  void read(const json::value& value, std::set<T>& list) {
    each_element(value, [&](const json::value& element) {
      T member;
      read(element, member);
      list.insert(std::move(member));
    });
  }
  template <class T>
  void read(const json::value& value, std::map<std::string, T>& map) {
    each_member(value, [&](std::string_view key, const json::value& member) { read(member, map[from_utf8(key)]); });
  }
  void read(const json::value& value, std::vector<RequirementResult>& requirements) {
    each_member(value, [&](std::string_view, const json::value& member) { read(member, requirements.emplace_back()); });
  }
  template <class T>
  requires std::is_class_v<T>
  void read(const json::value& value, T& object) { read_object(value, object, true); }

  template <class T>
  void read_object(const json::value& value, T& object, bool is_closed);

  void fail(std::string message) {
    if (!error_) error_ = path_.empty() ? std::move(message) : fmt::format("{}: {}", path_, message);
  }

 private:
  // Reads the members of one object, and keeps count to find the ones that nobody asked for.
  struct Fields {
    Reader& reader;
    const json::object& object;
    std::size_t found = 0;

    void operator()(std::string_view key, auto& member) {
      if (reader.error_) return;
      const json::value* value = object.if_contains(key);
      const Step step(reader, key);
      if (value == nullptr) return reader.fail("is missing; the file is damaged or of another version of watershed");
      ++found;
      reader.read(*value, member);
    }
    void derived(std::string_view key, auto&&) { found += object.contains(key) ? 1U : 0U; }
  };

  // One more key at the end of the path while it lives.
  class Step {
   public:
    Step(Reader& reader, std::string_view key) : path_(reader.path_), length_(reader.path_.size()) {
      if (!path_.empty() && !key.starts_with('[')) path_ += '.';
      path_ += key;
    }
    ~Step() { path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& path_;
    std::size_t length_;
  };

  template <class T>
  const T* wanted(const json::value& value, const T* found, std::string_view expected) {
    if (found == nullptr) fail(fmt::format("expected {}, found {}", expected, kind_name(value)));
    return found;
  }

  void each_element(const json::value& value, auto&& use) {
    const json::array* list = wanted(value, value.if_array(), "a list");
    for (std::size_t index = 0; list != nullptr && index < list->size() && !error_; ++index) {
      const Step step(*this, fmt::format("[{}]", index));
      use((*list)[index]);
    }
  }

  void each_member(const json::value& value, auto&& use) {
    const json::object* object = wanted(value, value.if_object(), "an object");
    if (object == nullptr) return;
    for (const auto& member : *object) {
      if (error_) return;
      const Step step(*this, view(member.key()));
      use(view(member.key()), member.value());
    }
  }

  std::string path_;
  std::optional<std::string> error_;
};

template <class T>
void Reader::read_object(const json::value& value, T& object, bool is_closed) {
  const json::object* found = wanted(value, value.if_object(), "an object");
  if (found == nullptr) return;
  Fields fields{*this, *found};
  each_field(object, fields);
  // A key that is passed over would be lost without a word when the file is written again.
  if (!error_ && is_closed && fields.found != found->size()) {
    fail(fmt::format("has {} keys, of which {} are known; the file is of another version of watershed", found->size(),
                     fields.found));
  }
}

Diagnostics error_at(const std::string& shown_name, std::string message) {
  return {{Severity::error, {shown_name, 0, 0}, std::move(message), {}, {}}};
}

Parsed<json::value> read_versioned(std::string_view text, const std::string& shown_name) {
  auto value = read_json(text, shown_name);
  if (!value) return value;
  const json::object* object = value->if_object();
  const json::value* version = object != nullptr ? object->if_contains("schema_version") : nullptr;
  if (version == nullptr) {
    return error_at(shown_name,
                    "this is no result file: it has no schema_version; expected what `watershed run --report "
                    "json=PATH` writes");
  }
  if (*version != result_schema_version) {
    return error_at(shown_name, fmt::format("schema_version is {}; this program reads {}", json::serialize(*version),
                                            result_schema_version));
  }
  return value;
}

}  // namespace

Parsed<ScenarioResult> read_scenario_result(std::string_view text, const std::string& shown_name) {
  const auto value = read_json(text, shown_name);
  if (!value) return value.error();
  ScenarioResult result;
  Reader reader;
  reader.read(*value, result);
  if (reader.error()) return error_at(shown_name, *reader.error());
  return result;
}

Parsed<Outcome> read_outcome(std::string_view text, const std::string& shown_name) {
  const auto value = read_versioned(text, shown_name);
  if (!value) return value.error();
  Outcome outcome;
  Reader reader;
  reader.read_object(*value, outcome, false);
  if (reader.error()) return error_at(shown_name, *reader.error());
  Outcome again = outcome;
  summarize(again);
  if (again != outcome) {
    return error_at(shown_name, "its summary is not that of its scenarios; the file was changed after it was written");
  }
  return outcome;
}

}  // namespace watershed::harness
