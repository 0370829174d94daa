#include "runtime/base/file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "runtime/base/status.h"

namespace sluice {
namespace {

TEST(FileTest, ReadsAWholeFile) {
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/f";
  const std::string text(100'000, 'x');
  std::ofstream(path) << text;
  ASSERT_TRUE(ReadFile(path).ok());
  EXPECT_EQ(*ReadFile(path), text);
  EXPECT_EQ(*ReadFile(path, text.size()), text);
}

TEST(FileTest, SaysWhichFileCannotBeRead) {
  EXPECT_EQ(Message(ReadFile("/no/such/file").status()),
            "Could not read /no/such/file: No such file or directory");
  EXPECT_FALSE(ReadFile("/").ok());
  const auto endless = ReadFile("/dev/zero", 50);
  EXPECT_EQ(Message(endless.status()), "Could not read /dev/zero: it is larger than 50 bytes");
}

}  // namespace
}  // namespace sluice
