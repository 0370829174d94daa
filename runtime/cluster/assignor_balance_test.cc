#include "runtime/cluster/assignor_balance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace sluice::cluster {
namespace {

std::vector<std::vector<bool>> All(int workers) { return {std::vector<bool>(workers, true)}; }

// So many loads of weight 1 for each worker, and so many without an owner.
std::vector<Load> Owning(const std::vector<int>& counts, int free = 0) {
  std::vector<Load> loads;
  for (size_t worker = 0; worker < counts.size(); ++worker) {
    for (int i = 0; i < counts[worker]; ++i) loads.push_back({.owner = static_cast<int>(worker)});
  }
  loads.insert(loads.end(), static_cast<size_t>(free), Load{});
  return loads;
}

std::vector<int64_t> Busy(int workers, const std::vector<Load>& loads, const std::vector<int>& at) {
  std::vector<int64_t> busy(workers, 0);
  for (size_t i = 0; i < loads.size(); ++i) {
    if (at[i] != kNobody) busy[at[i]] += loads[i].weight;
  }
  return busy;
}

int Moves(const std::vector<Load>& loads, const std::vector<int>& at) {
  int moves = 0;
  for (size_t i = 0; i < loads.size(); ++i) {
    moves += loads[i].owner != kNobody && at[i] != loads[i].owner ? 1 : 0;
  }
  return moves;
}

TEST(BalanceTest, EqualLoadsAreSpreadToTheFloorOrTheCeiling) {
  struct Case {
    std::string name;
    std::vector<int> counts;
    int free;
    std::vector<int64_t> expected;  // from the busiest
    int moves;
  };
  for (const Case& c : {
           Case{"nothing to spread", {0, 0}, 0, {0, 0}, 0},
           Case{"a first assignment", {0, 0, 0}, 7, {3, 2, 2}, 0},
           Case{"new loads go to the least busy", {2, 1, 0}, 2, {2, 2, 1}, 0},
           Case{"and what they do not fill moves", {3, 1, 0}, 2, {2, 2, 2}, 1},
           Case{"already even", {3, 2, 3}, 0, {3, 3, 2}, 0},
           Case{"a new worker takes from all", {4, 4, 0}, 0, {3, 3, 2}, 2},
           Case{"one difference is even enough", {2, 1}, 0, {2, 1}, 0},
           Case{"new loads fill the gap, nothing moves", {4, 0}, 4, {4, 4}, 0},
           Case{"new loads fill a part of the gap", {6, 0}, 3, {5, 4}, 1},
           Case{"all on one", {10, 0, 0, 0}, 0, {3, 3, 2, 2}, 7},
           Case{"more workers than loads", {2, 0, 0}, 0, {1, 1, 0}, 1},
       }) {
    SCOPED_TRACE(c.name);
    const int workers = static_cast<int>(c.counts.size());
    const std::vector<Load> loads = Owning(c.counts, c.free);
    const std::vector<int> at = Balance(workers, All(workers), loads, Owned::kMayMove);
    std::vector<int64_t> busy = Busy(workers, loads, at);
    std::sort(busy.rbegin(), busy.rend());
    EXPECT_EQ(busy, c.expected);
    EXPECT_EQ(Moves(loads, at), c.moves);
  }
}

TEST(BalanceTest, TheFirstLoadsOfAWorkerAreGivenUp) {
  EXPECT_EQ(Balance(2, All(2), Owning({4, 0}), Owned::kMayMove), std::vector({1, 1, 0, 0}));
}

TEST(BalanceTest, WhatMustStayStays) {
  const std::vector<Load> loads = Owning({5, 0, 0}, 1);
  const std::vector<int> at = Balance(3, All(3), loads, Owned::kStay);
  EXPECT_EQ(Moves(loads, at), 0);
  EXPECT_EQ(at.back(), 1);
}

TEST(BalanceTest, AWishIsGrantedIfThatIsEvenEnough) {
  std::vector<Load> loads(4);
  for (Load& load : loads) load.wish = 1;
  loads[0].wish = loads[1].wish = 0;
  EXPECT_EQ(Balance(2, All(2), loads, Owned::kMayMove), std::vector({0, 0, 1, 1}));
  for (Load& load : loads) load.wish = 1;
  EXPECT_EQ(Balance(2, All(2), loads, Owned::kMayMove), std::vector({0, 0, 1, 1}));
  EXPECT_EQ(Balance(2, All(2), loads, Owned::kStay), std::vector({0, 0, 1, 1}));
}

TEST(BalanceTest, HeavyLoadsStandApart) {
  std::vector<Load> loads(7);
  loads[0].weight = loads[1].weight = 5;
  const std::vector<int> at = Balance(3, All(3), loads, Owned::kMayMove);
  EXPECT_EQ(Busy(3, loads, at), std::vector<int64_t>({5, 5, 5}));
}

TEST(BalanceTest, ADifferenceNoLargerThanTheHeaviestLoadIsLeft) {
  // 12 and 8: only a quarter of the mean, and less than the load that could go.
  const std::vector<Load> loads = {
      {.weight = 6, .owner = 0}, {.weight = 6, .owner = 0}, {.weight = 8, .owner = 1}};
  EXPECT_EQ(Moves(loads, Balance(2, All(2), loads, Owned::kMayMove)), 0);
}

TEST(BalanceTest, AHeavyLoadMakesLightOnesGo) {
  std::vector<Load> loads(21, Load{.owner = 0});
  for (size_t i = 11; i < loads.size(); ++i) loads[i].owner = 1;
  loads[0].weight = 10;
  const std::vector<int> at = Balance(2, All(2), loads, Owned::kMayMove);
  EXPECT_EQ(at[0], 0);
  EXPECT_EQ(Moves(loads, at), 4);
  EXPECT_EQ(Busy(2, loads, at), std::vector<int64_t>({16, 14}));  // within a quarter of 15
}

TEST(BalanceTest, ALoadGoesOnlyWhereItCan) {
  const std::vector<std::vector<bool>> can_take = {{true, true}, {true, false}, {false, false}};
  std::vector<Load> loads(6);
  loads[0].group = loads[1].group = loads[2].group = 1;
  loads[5].group = 2;
  loads[2].wish = 1;
  EXPECT_EQ(Balance(2, can_take, loads, Owned::kMayMove), std::vector({0, 0, 0, 1, 1, kNobody}));
  EXPECT_EQ(Balance(0, {{}}, std::vector<Load>(1), Owned::kMayMove), std::vector({kNobody}));
}

// What is even stays as it is, whatever the weights; and nobody is above another by more than the
// heaviest load.
TEST(BalanceTest, AnyWeightsEndEven) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const int workers = 1 + static_cast<int>(random() % 6);
    std::vector<Load> loads(random() % 40);
    int64_t heaviest = 1, moved = 0, surplus = 0, total = 0;
    for (Load& load : loads) {
      load.weight = 1 + static_cast<int64_t>(random() % 12);
      load.owner = static_cast<int>(random() % (workers + 1)) - 1;
      heaviest = std::max(heaviest, load.weight);
      total += load.weight;
    }
    std::vector<int64_t> before(workers, 0);
    for (const Load& load : loads) {
      if (load.owner != kNobody) before[load.owner] += load.weight;
    }
    const std::vector<int> at = Balance(workers, All(workers), loads, Owned::kMayMove);
    const std::vector<int64_t> busy = Busy(workers, loads, at);
    EXPECT_LE(
        *std::max_element(busy.begin(), busy.end()) - *std::min_element(busy.begin(), busy.end()),
        heaviest);
    for (size_t i = 0; i < loads.size(); ++i) {
      if (loads[i].owner != kNobody && loads[i].owner != at[i]) moved += loads[i].weight;
      loads[i].owner = at[i];
    }
    for (const int64_t load : before) surplus += std::max<int64_t>(0, load - total / workers);
    EXPECT_LE(moved, surplus + workers * heaviest);
    EXPECT_EQ(Balance(workers, All(workers), loads, Owned::kMayMove), at);
  }
}

}  // namespace
}  // namespace sluice::cluster
