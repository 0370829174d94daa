#include "connectors/file/line_writer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "connectors/sdk/errors.h"

namespace sluice::file {
namespace {

class LineWriterTest : public testing::Test {
 protected:
  LineWriterTest() { ::unlink(path_.c_str()); }
  ~LineWriterTest() override { ::unlink(path_.c_str()); }
  std::string Contents() const {
    std::ifstream in(path_);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void Given(std::string_view text) { std::ofstream(path_) << text; }
  bool Mark() { return ::setxattr(path_.c_str(), "user.sluice.appending", "1", 1, 0) == 0; }
  bool HasMark() { return ::getxattr(path_.c_str(), "user.sluice.appending", nullptr, 0) >= 0; }

  const std::string path_ = testing::TempDir() + "line_writer_test.txt";
};

TEST_F(LineWriterTest, Appends) {
  Given("first\n");
  {
    LineWriter writer(path_);
    EXPECT_EQ(writer.Open(), 0u);
    writer.buffer() += "a\nb\n";
    EXPECT_TRUE(writer.Write().ok);
    EXPECT_EQ(Contents(), "first\na\nb\n");
    EXPECT_TRUE(writer.buffer().empty());
    writer.buffer() += "c\n";  // written at the end
  }
  EXPECT_EQ(Contents(), "first\na\nb\nc\n");
}

TEST_F(LineWriterTest, SaysWhyAFileCannotBeOpened) {
  LineWriter writer("/nonexistent/dir/file");
  try {
    writer.Open();
    FAIL();
  } catch (const sdk::ConnectException& error) {
    EXPECT_STREQ(error.what(),
                 "Couldn't find or create file '/nonexistent/dir/file' for FileStreamSinkTask: No "
                 "such file or directory "
                 "(errno 2)");
  }
}

TEST_F(LineWriterTest, AFullDiskKeepsTheBuffer) {
  LineWriter writer("/dev/full");
  EXPECT_EQ(writer.Open(), 0u);
  writer.buffer() += "a\n";
  const LineWriter::Result result = writer.Write();
  EXPECT_FALSE(result.ok);
  EXPECT_TRUE(result.passing);
  EXPECT_EQ(result.text,
            "Could not write to file '/dev/full': No space left on device (errno 28); 2 bytes wait "
            "to be written");
  EXPECT_EQ(writer.buffer(), "a\n");
}

// A limit of the file's size makes a write end in the middle of a line, as a full disk does.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t size) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit{size, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(LineWriterTest, ATornLineIsTakenBackAndComesWhole) {
  LineWriter writer(path_);
  writer.Open();
  writer.buffer() += "first\nsecond\nthird\n";
  {
    SizeLimit limit(10);
    const LineWriter::Result result = writer.Write();
    EXPECT_FALSE(result.ok);
    EXPECT_FALSE(result.passing);
    EXPECT_EQ(Contents(), "first\n");
    EXPECT_EQ(writer.buffer(), "second\nthird\n");
    EXPECT_FALSE(writer.Write().ok);
    EXPECT_EQ(Contents(), "first\n");
  }
  EXPECT_TRUE(writer.Write().ok);
  EXPECT_EQ(Contents(), "first\nsecond\nthird\n");
}

TEST_F(LineWriterTest, CutsTheUnfinishedLineOfAKilledTask) {
  Given("whole\ntor");
  if (!Mark()) GTEST_SKIP() << "no extended attributes here";
  LineWriter writer(path_);
  EXPECT_EQ(writer.Open(), 3u);
  EXPECT_EQ(Contents(), "whole\n");
}

TEST_F(LineWriterTest, KeepsAUsersTextWithoutANewline) {
  Given("by hand");
  LineWriter writer(path_);
  EXPECT_EQ(writer.Open(), 0u);
  EXPECT_EQ(Contents(), "by hand");
}

TEST_F(LineWriterTest, TheMarkIsThereWhileAnyoneWrites) {
  Given("");
  if (!Mark()) GTEST_SKIP() << "no extended attributes here";
  std::optional<LineWriter> first(path_), second(path_);
  first->Open();
  second->Open();
  EXPECT_TRUE(HasMark());
  first.reset();
  EXPECT_TRUE(HasMark());
  second.reset();
  EXPECT_FALSE(HasMark());
}

TEST_F(LineWriterTest, AnotherWritersUnfinishedLineIsLeftAlone) {
  LineWriter first(path_);
  first.Open();
  first.buffer() += "half";
  EXPECT_TRUE(first.Write().ok);
  LineWriter second(path_);
  EXPECT_EQ(second.Open(), 0u);
  EXPECT_EQ(Contents(), "half");
}

}  // namespace
}  // namespace sluice::file
