#include "connectors/object_store_sink/object_name.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

TEST(ObjectNameTest, Names) {
  EXPECT_EQ(ObjectStem({}, "orders", "orders", "partition=3", 3, 1200),
            "topics/orders/partition=3/orders+3+0000001200");
  EXPECT_EQ(ObjectStem({"", "/", "-", 0}, "orders", "orders", "", 0, 7), "orders/orders-0-7");
  EXPECT_EQ(ObjectStem({"a/b", "_", "+", 2}, "t", "t", "x=1", 0, 12345), "a/b_t_x=1_t+0+12345");
  EXPECT_EQ(ObjectStem({}, "all", "orders", "partition=3", 3, 1200),
            "topics/all/partition=3/all+orders+3+0000001200");
}

TEST(ObjectNameTest, NamesHaveALength) {
  const std::string folder(255, 'x');
  EXPECT_NO_THROW(CheckLength(folder + "/" + folder, 1024, 255));
  EXPECT_THROW(CheckLength("a/" + folder + "x/b", 1024, 255), sdk::DataException);
  EXPECT_THROW(CheckLength("a/" + folder + "x", 1024, 255), sdk::DataException);
  EXPECT_NO_THROW(CheckLength(std::string(1024, 'x'), 1024, 1024));
  EXPECT_THROW(CheckLength(std::string(1025, 'x'), 1024, 2000), sdk::DataException);
}

TEST(ObjectNameTest, RecordsDoNotLeaveTheirFolder) {
  EXPECT_NO_THROW(CheckFolders("year=2024/a=..b", "/"));
  EXPECT_NO_THROW(CheckFolders("", "/"));
  for (const char* wrong : {"..", "a/../b", "a//b", "a/.", "/a", "a/"}) {
    EXPECT_THROW(CheckFolders(wrong, "/"), sdk::DataException) << wrong;
  }
  EXPECT_THROW(CheckFolders("a_.._b", "_"), sdk::DataException);
  EXPECT_THROW(CheckFolders("x=a/../../b", "_"), sdk::DataException);
  EXPECT_THROW(CheckFolders(std::string(800, 'x'), "/"), sdk::DataException);
}

}  // namespace
}  // namespace sluice::object_store_sink
