// Writing result files: see result_file.hpp.
#include "base/text.hpp"
#include "harness/result_file/fields.hpp"
#include "harness/result_file/result_file.hpp"

namespace watershed::harness {

namespace {

class Writer {
 public:
  explicit Writer(JsonWriter& json) : json_(json) {}

  template <class T>
  void operator()(std::string_view key, const T& member) {
    json_.key(key);
    write(member);
  }

  void derived(std::string_view key, auto&& compute) { (*this)(key, compute()); }

  void write(const std::string& text) {
    if (is_utf8(text) && text.find("\xf4\x8f") == std::string::npos) {
      json_.value(text);
    } else {
      json_.value(to_utf8(text));
    }
  }
  void write(Verdict verdict) { json_.value(to_string(verdict)); }
  template <class T>
  requires std::is_arithmetic_v<T>
  void write(T number) { json_.value(number); }
  template <class T>
  void write(const std::vector<T>& list) {
    write_list(list);
  }
  template <class T>
  void write(const std::set<T>& list) {
    write_list(list);
  }
  template <class T>
  void write(const std::map<std::string, T>& map) {
    json_.begin_object();
    for (const auto& [key, member] : map) (*this)(to_utf8(key), member);
    json_.end_object();
  }
  // As an object by id, as people look requirements up.
  void write(const std::vector<RequirementResult>& requirements) {
    json_.begin_object();
    for (const RequirementResult& requirement : requirements) (*this)(to_utf8(requirement.id), requirement);
    json_.end_object();
  }
  template <class T>
  requires std::is_class_v<T>
  void write(const T& object) {
    json_.begin_object();
    each_field(object, *this);
    json_.end_object();
  }

 private:
  void write_list(const auto& list) {
    json_.begin_array();
    for (const auto& element : list) write(element);
    json_.end_array();
  }

  JsonWriter& json_;
};

}  // namespace

void append_members(JsonWriter& json, const Outcome& outcome) {
  Writer writer(json);
  each_field(outcome, writer);
}

std::string to_json(const ScenarioResult& result) {
  std::string out;
  JsonWriter json(out);
  Writer(json).write(result);
  return out;
}

}  // namespace watershed::harness
