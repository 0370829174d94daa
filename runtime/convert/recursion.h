// Which types of a schema contain themselves, and how deep they may be unrolled: a Connect schema
// has an end. For the mappings of formats; one thread.
#ifndef SLUICE_RUNTIME_CONVERT_RECURSION_H_
#define SLUICE_RUNTIME_CONVERT_RECURSION_H_

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace sluice::convert {

// A type that contains itself is unrolled so many levels, or as many as come to kUnrolledMax
// schemas; the innermost is a struct without fields, and data that go deeper are refused.
inline constexpr int kRecursionMax = 32;
inline constexpr uint64_t kUnrolledMax = 10'000;

template <typename Node>
class Recursion {
 public:
  using PartsOf = std::vector<const Node*> (*)(const Node&);

  Recursion(const Node& root, PartsOf parts_of) : parts_of_(parts_of) {
    FindCycles(root);
    if (on_cycle_.empty()) return;
    left_ = kRecursionMax;
    while (left_ > 1 && Unrolled(root, left_, 0) > kUnrolledMax) --left_;
  }

  // Whether what `node` becomes depends on how deep it lies.
  bool IsRecursive(const Node& node) const { return reaches_.contains(&node); }
  // Whether a cycle closes at it.
  bool IsOnCycle(const Node& node) const { return on_cycle_.contains(&node); }
  // How many more types on a cycle may be entered.
  int level() const { return left_; }

  // While a type is being unrolled.
  class Entered {
   public:
    Entered(Recursion& recursion, bool counts, bool too_deep)
        : recursion_(recursion), counts_(counts), too_deep_(too_deep) {}
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;
    ~Entered() {
      if (counts_) ++recursion_.left_;
    }
    bool too_deep() const { return too_deep_; }

   private:
    Recursion& recursion_;
    const bool counts_;
    const bool too_deep_;
  };
  Entered Enter(const Node& node) {
    if (!on_cycle_.contains(&node)) return Entered(*this, false, false);
    --left_;
    return Entered(*this, true, left_ < 0);
  }

 private:
  static constexpr int kDepthMax = 1000;

  // An edge to a type that is being visited closes a cycle; each cycle has one.
  void FindCycles(const Node& root) {
    struct Visit {
      const Node* node;
      std::vector<const Node*> parts;
    };
    std::map<const Node*, bool> open;  // seen, and whether it is being visited
    std::map<const Node*, std::vector<const Node*>> users;
    std::vector<Visit> path = {{&root, parts_of_(root)}};
    open[&root] = true;
    while (!path.empty()) {
      Visit& visit = path.back();
      if (visit.parts.empty()) {
        open[visit.node] = false;
        path.pop_back();
        continue;
      }
      const Node* part = visit.parts.back();
      visit.parts.pop_back();
      users[part].push_back(visit.node);
      const auto [known, fresh] = open.emplace(part, true);
      if (fresh) {
        path.push_back({part, parts_of_(*part)});
      } else if (known->second) {
        on_cycle_.insert(part);
      }
    }
    std::vector<const Node*> todo(on_cycle_.begin(), on_cycle_.end());
    reaches_ = on_cycle_;
    while (!todo.empty()) {
      const Node* next = todo.back();
      todo.pop_back();
      for (const Node* user : users[next]) {
        if (reaches_.insert(user).second) todo.push_back(user);
      }
    }
  }

  uint64_t Unrolled(const Node& node, int levels, int depth) {
    const bool counts = on_cycle_.contains(&node);
    if (counts && levels == 0) return 1;
    if (depth > kDepthMax) return kUnrolledMax + 1;
    const auto key = std::make_pair(&node, levels);
    if (const auto known = sizes_.find(key); known != sizes_.end()) return known->second;
    uint64_t size = 1;
    for (const Node* part : parts_of_(node)) {
      size += Unrolled(*part, counts ? levels - 1 : levels, depth + 1);
      if (size > kUnrolledMax) break;
    }
    sizes_[key] = size;
    return size;
  }

  const PartsOf parts_of_;
  std::set<const Node*> on_cycle_;  // types at which a cycle closes
  std::set<const Node*> reaches_;   // all from which such a type can be reached
  std::map<std::pair<const Node*, int>, uint64_t> sizes_;
  int left_ = 0;
};

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_RECURSION_H_
