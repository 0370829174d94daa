#include "runtime/convert/avro/recursion.h"

#include "runtime/convert/avro/to_connect.h"

namespace sluice::convert::avro {
namespace {

constexpr int kDepthMax = 1000;

std::vector<const Schema*> PartsOf(const Schema& schema) {
  std::vector<const Schema*> parts = schema.branches;
  if (schema.items != nullptr) parts.push_back(schema.items);
  for (const Field& field : schema.fields) parts.push_back(field.schema);
  return parts;
}

}  // namespace

// An edge to a type that is being visited closes a cycle; each cycle has one.
Recursion::Recursion(const Schema& root) {
  struct Visit {
    const Schema* schema;
    std::vector<const Schema*> parts;
  };
  std::map<const Schema*, bool> open;  // seen, and whether it is being visited
  std::map<const Schema*, std::vector<const Schema*>> users;
  std::vector<Visit> path = {{&root, PartsOf(root)}};
  open[&root] = true;
  while (!path.empty()) {
    Visit& visit = path.back();
    if (visit.parts.empty()) {
      open[visit.schema] = false;
      path.pop_back();
      continue;
    }
    const Schema* part = visit.parts.back();
    visit.parts.pop_back();
    users[part].push_back(visit.schema);
    const auto [known, fresh] = open.emplace(part, true);
    if (fresh) {
      path.push_back({part, PartsOf(*part)});
    } else if (known->second) {
      on_cycle_.insert(part);
    }
  }
  if (on_cycle_.empty()) return;
  std::vector<const Schema*> todo(on_cycle_.begin(), on_cycle_.end());
  reaches_ = on_cycle_;
  while (!todo.empty()) {
    const Schema* next = todo.back();
    todo.pop_back();
    for (const Schema* user : users[next]) {
      if (reaches_.insert(user).second) todo.push_back(user);
    }
  }
  left_ = kRecursionMax;
  while (left_ > 1 && Unrolled(root, left_, 0) > kUnrolledMax) --left_;
}

Recursion::Entered Recursion::Enter(const Schema& record) {
  if (!on_cycle_.contains(&record)) return Entered(*this, false, false);
  --left_;
  return Entered(*this, true, left_ < 0);
}

uint64_t Recursion::Unrolled(const Schema& schema, int levels, int depth) {
  const bool counts = on_cycle_.contains(&schema);
  if (counts && levels == 0) return 1;
  if (depth > kDepthMax) return kUnrolledMax + 1;
  const auto key = std::make_pair(&schema, levels);
  if (const auto known = sizes_.find(key); known != sizes_.end()) return known->second;
  uint64_t size = 1;
  for (const Schema* part : PartsOf(schema)) {
    size += Unrolled(*part, counts ? levels - 1 : levels, depth + 1);
    if (size > kUnrolledMax) break;
  }
  sizes_[key] = size;
  return size;
}

}  // namespace sluice::convert::avro
