#include "runtime/abi/arena.h"

#include <gtest/gtest.h>

namespace sluice::abi {
namespace {

TEST(Arena, PlacesAreAlignedAndApart) {
  Arena arena(64);
  char* text = const_cast<char*>(arena.Copy("abc").data());
  auto* number = arena.New<int64_t>(7);
  auto* value = arena.New(String("x"));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(number) % alignof(int64_t), 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(value) % alignof(sluice_value), 0u);
  EXPECT_EQ(std::string_view(text, 3), "abc");
  EXPECT_EQ(*number, 7);
}

TEST(Arena, GrowsPastItsFirstBlock) {
  Arena arena(32);
  std::vector<std::string_view> copies;
  for (int i = 0; i < 1000; ++i) copies.push_back(arena.Copy("text " + std::to_string(i)));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(copies[i], "text " + std::to_string(i));
  EXPECT_GE(arena.used(), 7000u);
}

TEST(Arena, OneLargePieceGetsABlockOfItsOwn) {
  Arena arena(32);
  char* block = static_cast<char*>(arena.Allocate(1 << 20, 1));
  block[0] = 'a';
  block[(1 << 20) - 1] = 'z';
  EXPECT_GE(arena.held(), size_t{1} << 20);
}

TEST(Arena, ResetKeepsItsBlocksForTheNextBatch) {
  Arena arena(1024);
  arena.Allocate(100'000);
  arena.Reset();
  EXPECT_EQ(arena.used(), 0u);
  const size_t held = arena.held();
  for (int round = 0; round < 10; ++round) {
    arena.Allocate(100'000);
    arena.Reset();
  }
  EXPECT_EQ(arena.held(), held);
}

TEST(Arena, ResetGivesBackWhatIsTooMuchToKeep) {
  Arena arena(1024);
  for (int i = 0; i < 20; ++i) arena.Allocate(1 << 20);
  arena.Reset(2 << 20);
  EXPECT_LE(arena.held(), size_t{3} << 20);
  arena.Allocate(1 << 20);
}

TEST(Arena, EmptyTextHasAnAddress) {
  Arena arena;
  EXPECT_NE(arena.Copy("").data(), nullptr);
  EXPECT_EQ(arena.CopyString("").size, 0u);
}

}  // namespace
}  // namespace sluice::abi
