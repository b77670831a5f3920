// See graph_ids.hpp. cgraph(3), "ID Discipline".
#include "reports/html/graph_ids.hpp"

#include <map>
#include <memory>
#include <string>

namespace watershed::reports::html {

namespace {

// Named objects get even numbers, nameless ones odd ones, as cgraph's own discipline has them.
struct Ids {
  std::map<std::string, IDTYPE> by_name;
  std::map<IDTYPE, std::string> names;
  IDTYPE last_named = 0;
  IDTYPE last_nameless = 1;
};

Ids& ids(void* state) { return *static_cast<Ids*>(state); }

void* open_ids(Agraph_t*, Agdisc_t*) { return std::make_unique<Ids>().release(); }

long map_name(void* state, int, char* name, IDTYPE* id, int may_create) {
  Ids& known = ids(state);
  if (name == nullptr) {
    known.last_nameless += 2;
    *id = known.last_nameless;
    return 1;
  }
  const auto found = known.by_name.find(name);
  if (found != known.by_name.end()) {
    *id = found->second;
    return 1;
  }
  if (may_create == 0) return 0;
  known.last_named += 2;
  *id = known.last_named;
  known.by_name.emplace(name, *id);
  known.names.emplace(*id, name);
  return 1;
}

// Asking for a certain number is not something that we do.
long allocate(void*, int, IDTYPE) { return 0; }

void release(void*, int, IDTYPE) {}

char* print(void* state, int, IDTYPE id) {
  const auto found = ids(state).names.find(id);
  return found == ids(state).names.end() ? nullptr : found->second.data();
}

void close_ids(void* state) { const std::unique_ptr<Ids> owned(static_cast<Ids*>(state)); }

void note_object(void*, int, void*) {}

}  // namespace

Agdisc_t graph_disciplines() {
  static Agiddisc_t by_order = {open_ids, map_name, allocate, release, print, close_ids, note_object};
  return {AgDefaultDisc.mem, &by_order, AgDefaultDisc.io};
}

}  // namespace watershed::reports::html
