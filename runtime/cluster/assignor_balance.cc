#include "runtime/cluster/assignor_balance.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace sluice::cluster {
namespace {

// Loads by weight; within a weight {-since, load}: those that came last, then in their order.
using ByWeight = std::map<int64_t, std::set<std::pair<int, int>>>;

// What one worker has of one group.
struct Shelf {
  ByWeight free;   // may go at no cost
  ByWeight owned;  // run here: must be stopped before they go
};

struct Range {
  int64_t min = 0, max = 0;
};

// The weight nearest to `wanted` that is less than `limit`.
std::optional<int64_t> Nearest(const ByWeight& shelf, int64_t wanted, int64_t limit) {
  const auto above = shelf.lower_bound(wanted);
  std::optional<int64_t> best;
  if (above != shelf.end() && above->first < limit) best = above->first;
  if (above != shelf.begin()) {
    const int64_t below = std::prev(above)->first;
    if (!best.has_value() || wanted - below <= *best - wanted) best = below;
  }
  return best;
}

class Balancer {
 public:
  Balancer(int workers, const std::vector<std::vector<bool>>& can_take,
           const std::vector<Load>& loads, Owned owned)
      : workers_(workers),
        can_take_(can_take),
        loads_(loads),
        owned_may_move_(owned == Owned::kMayMove),
        at_(loads.size(), kNobody),
        busy_(workers, 0),
        shelves_(workers) {
    for (int worker = 0; worker < workers; ++worker) order_.insert({0, worker});
  }

  std::vector<int> Run() {
    if (workers_ > 0) {
      PlaceOwned();
      PlaceFree();
      while (MoveOne()) {
      }
    }
    return std::move(at_);
  }

 private:
  bool CanTake(int group, int worker) const { return can_take_[group][worker]; }

  void Add(int load, int worker, int64_t weight) {
    order_.erase({busy_[worker], worker});
    busy_[worker] += weight;
    total_ += weight;
    order_.insert({busy_[worker], worker});
    at_[load] = worker;
  }

  std::pair<int, int> Rank(int load) const { return {-loads_[load].since, load}; }

  ByWeight& ShelfOf(int load) {
    Shelf& shelf = shelves_[at_[load]][loads_[load].group];
    return loads_[load].owner == at_[load] ? shelf.owned : shelf.free;
  }

  void Put(int load, int worker) {
    const int64_t weight = loads_[load].weight;
    Add(load, worker, weight);
    ShelfOf(load)[weight].insert(Rank(load));
  }

  void Take(int load) {
    const int64_t weight = loads_[load].weight;
    ByWeight& shelf = ShelfOf(load);
    const auto found = shelf.find(weight);
    found->second.erase(Rank(load));
    if (found->second.empty()) shelf.erase(found);
    Add(load, at_[load], -weight);
  }

  void PlaceOwned() {
    for (size_t i = 0; i < loads_.size(); ++i) {
      const int load = static_cast<int>(i);
      if (loads_[i].owner != kNobody) Put(load, loads_[i].owner);
    }
  }

  // Wishes first; the others, the heaviest first, each to the least busy that can take it.
  void PlaceFree() {
    std::vector<int> rest;
    for (size_t i = 0; i < loads_.size(); ++i) {
      const Load& load = loads_[i];
      if (load.owner != kNobody) continue;
      if (load.wish != kNobody && CanTake(load.group, load.wish)) {
        Put(static_cast<int>(i), load.wish);
      } else {
        rest.push_back(static_cast<int>(i));
      }
    }
    std::stable_sort(rest.begin(), rest.end(),
                     [this](int a, int b) { return loads_[a].weight > loads_[b].weight; });
    for (const int load : rest) {
      const int worker = LeastBusy(loads_[load].group);
      if (worker != kNobody) Put(load, worker);
    }
  }

  int LeastBusy(int group) const {
    for (const auto& [busy, worker] : order_) {
      if (CanTake(group, worker)) return worker;
    }
    return kNobody;
  }

  // Moves one load from a busy worker to the least busy that can take it. Each move makes the sum
  // of the squares smaller, so there is an end. False: it is even.
  bool MoveOne() {
    for (auto from = order_.rbegin(); from != order_.rend(); ++from) {
      const auto [busy, worker] = *from;
      if (busy - order_.begin()->first <= 1) return false;
      for (auto& [group, shelf] : shelves_[worker]) {
        const int to = LeastBusy(group);
        if (to == kNobody || to == worker) continue;
        const std::optional<int> load = Choose(shelf, busy - busy_[to]);
        if (!load.has_value()) continue;
        Take(*load);
        Put(*load, to);
        return true;
      }
    }
    return false;
  }

  // What should go to a worker that is less busy by `difference`, if anything.
  std::optional<int> Choose(const Shelf& shelf, int64_t difference) const {
    const std::optional<Range> weights = Weights(shelf);
    if (!weights.has_value()) return std::nullopt;
    const int64_t bearable = std::min(weights->max, std::max(weights->min, total_ / workers_ / 4));
    if (difference <= bearable) return std::nullopt;
    for (const ByWeight* loads : {&shelf.free, &shelf.owned}) {
      if (loads == &shelf.owned && !owned_may_move_) continue;
      if (const auto weight = Nearest(*loads, difference / 2, difference)) {
        return loads->at(*weight).begin()->second;
      }
    }
    return std::nullopt;
  }

  // Of the loads that may go.
  std::optional<Range> Weights(const Shelf& shelf) const {
    std::optional<Range> range;
    for (const ByWeight* loads : {&shelf.free, &shelf.owned}) {
      if (loads->empty() || (loads == &shelf.owned && !owned_may_move_)) continue;
      const int64_t min = loads->begin()->first, max = loads->rbegin()->first;
      range = range.has_value() ? Range{std::min(range->min, min), std::max(range->max, max)}
                                : Range{min, max};
    }
    return range;
  }

  const int workers_;
  const std::vector<std::vector<bool>>& can_take_;
  const std::vector<Load>& loads_;
  const bool owned_may_move_;
  std::vector<int> at_;                        // by load
  std::vector<int64_t> busy_;                  // by worker: the sum of its weights
  std::vector<std::map<int, Shelf>> shelves_;  // by worker, by group
  std::set<std::pair<int64_t, int>> order_;    // {busy, worker}
  int64_t total_ = 0;
};

}  // namespace

std::vector<int> Balance(int workers, const std::vector<std::vector<bool>>& can_take,
                         const std::vector<Load>& loads, Owned owned) {
  return Balancer(workers, can_take, loads, owned).Run();
}

}  // namespace sluice::cluster
