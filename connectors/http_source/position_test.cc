#include "connectors/http_source/position.h"

#include <gtest/gtest.h>

#include "connectors/sdk/fakes.h"

namespace sluice::http_source {
namespace {

TEST(PositionTest, ComesBackAsItWasStored) {
  abi::Arena arena;
  for (const Position& position :
       {Position{}, Position{.offset = "x y"}, Position{.offset = "5", .done = 3, .mark = ~0ull},
        Position{.offset = "", .done = 0, .mark = 0, .seen = {1, 0xabcdef, ~0ull}},
        Position{.offset = "7", .seen = {1}, .many = 100, .all = ~0ull}}) {
    EXPECT_EQ(FromOffset(*ToOffset(position, arena)), position);
  }
  EXPECT_EQ(sdk::ToText(*ToOffset({.offset = "5", .done = 3, .mark = 255, .seen = {1, 16}}, arena)),
            R"({"offset":"5","done":3,"mark":"ff","seen":"1,10"})");
  const Position page{.offset = "5", .seen = std::vector<uint64_t>(100, 7)};
  const OffsetWriter writer(page, arena);
  EXPECT_EQ(
      FromOffset(*writer.Write(3, 255)),
      (Position{.offset = "5", .done = 3, .mark = 255, .seen = std::vector<uint64_t>(64, 7)}));
  EXPECT_EQ(sdk::ToText(*ToOffset({.offset = "5"}, arena)), R"({"offset":"5"})");
}

TEST(PositionTest, AHashOfAllKnowsNoOrderAndCountsEach) {
  EXPECT_EQ(HashOfAll({1, 2, 3}), HashOfAll({3, 1, 2}));
  EXPECT_NE(HashOfAll({1, 2, 3}), HashOfAll({1, 2, 4}));
  EXPECT_NE(HashOfAll({1, 2, 3}), HashOfAll({1, 1, 4}));
  EXPECT_NE(HashOfAll({1, 1}), HashOfAll({1}));
}

TEST(PositionTest, WhatAUserWritesIsTaken) {
  const sluice_map_entry number[] = {{sdk::String("offset"), sdk::Int64(42)}};
  EXPECT_EQ(FromOffset(abi::Map(number, 1)), (Position{.offset = "42"}));
  const sluice_map_entry wrong[] = {{sdk::String("offset"), sdk::Boolean(true)}};
  EXPECT_THROW(FromOffset(abi::Map(wrong, 1)), sdk::ConnectException);
  EXPECT_THROW(FromOffset(abi::Map(wrong, 0)), sdk::ConnectException);
  const sluice_map_entry no_hex[] = {{sdk::String("offset"), sdk::String("")},
                                     {sdk::String("seen"), sdk::String("1,zz")}};
  EXPECT_THROW(FromOffset(abi::Map(no_hex, 2)), sdk::ConnectException);
}

}  // namespace
}  // namespace sluice::http_source
