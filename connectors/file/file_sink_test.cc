#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "connectors/sdk/fakes.h"
#include "connectors/sdk/value.h"

namespace sluice::sdk {
namespace {

class FileSinkTest : public testing::Test {
 protected:
  FileSinkTest() { ::unlink(path_.c_str()); }
  ~FileSinkTest() override { ::unlink(path_.c_str()); }
  void Start(ConfigText config = {}) {
    config.emplace("name", "fs");
    config.emplace("file", path_);
    config.emplace("topics", "t");
    sink_.Start(config);
    sink_.Assign({{"t", 0, 0}});
  }
  static FakeInput Record(int64_t offset, const Value& value) {
    FakeInput input;
    input.offset = offset;
    input.value = value;
    return input;
  }
  std::string Contents() const {
    std::ifstream in(path_);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  const std::string path_ = testing::TempDir() + "file_sink_test.txt";
  FakeSink sink_{"FileStreamSinkConnector"};
};

TEST_F(FileSinkTest, AppendsALinePerRecord) {
  Start();
  sink_.Put({Record(0, String("one")), Record(1, Null()), Record(2, Int64(3))});
  EXPECT_EQ(Contents(), "one\nnull\n3\n");  // in the file when the put ends
  sink_.Put({});
  sink_.Put({Record(3, String("\xff"))});
  EXPECT_EQ(Contents(), "one\nnull\n3\n\xff\n");
  EXPECT_EQ(sink_.Flush({{"t", 0, 4}}), (std::vector<FakeSink::Partition>{{"t", 0, 4}}));
}

TEST_F(FileSinkTest, WritesJsonLines) {
  Start({{"format", "json"}});
  const Schema schema = schemas::Struct("N")
                            .Field("a", schemas::Int32())
                            .Field("b", schemas::Optional(schemas::String()))
                            .Build();
  const sluice_value fields[] = {Int32(1), Null()};
  const sluice_struct structure{schema.get(), fields};
  FakeInput record = Record(1, abi::Struct(&structure));
  record.value_schema = schema;
  sink_.Put({Record(0, String("a\nb")), record, Record(2, Null())});
  EXPECT_EQ(Contents(), "\"a\\nb\"\n{\"a\":1,\"b\":null}\nnull\n");
}

TEST_F(FileSinkTest, AnUnknownFormatIsRefusedByItsKey) {
  const sluice_class& info = FindClass("FileStreamSinkConnector");
  bool found = false;
  for (size_t i = 0; i < info.key_count; ++i) {
    if (abi::View(info.keys[i].name) != "format") continue;
    found = info.keys[i].validator == SLUICE_VALID_ONE_OF && info.keys[i].allowed_count == 2;
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(abi::View(info.task_class), "org.apache.kafka.connect.file.FileStreamSinkTask");
}

TEST_F(FileSinkTest, AFullDiskHoldsOffsetsBackAndRefusesMore) {
  Start({{"file", "/dev/full"}});
  sink_.Put({Record(0, String("one"))});  // taken, and waiting
  EXPECT_EQ(sink_.retry_after_ms(), 1000);
  EXPECT_EQ(sink_.Flush({{"t", 0, 1}}),
            (std::vector<FakeSink::Partition>{{"t", 0, SLUICE_NO_OFFSET}}));
  for (int i = 0; i < 3; ++i) {
    try {
      sink_.Put({Record(1, String("two"))});
      FAIL();
    } catch (const PluginFailure& failure) {
      EXPECT_EQ(failure.code, SLUICE_RETRY);
      EXPECT_NE(
          std::string(failure.what())
              .find("Could not write to file '/dev/full': No space left on device (errno 28)"),
          std::string::npos);
    }
  }
  size_t errors = 0;
  for (const std::string& line : sink_.host().log) errors += line.rfind("ERROR ", 0) == 0;
  EXPECT_EQ(errors, 1u);
}

TEST_F(FileSinkTest, AFileThatCannotBeMadeFailsTheTask) {
  try {
    Start({{"file", "/nonexistent/dir/f"}});
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_FAILED);
    EXPECT_NE(std::string(failure.what())
                  .find("Couldn't find or create file '/nonexistent/dir/f' for FileStreamSinkTask"),
              std::string::npos);
  }
}

TEST_F(FileSinkTest, ATooDeepValueIsRejectedAlone) {
  Start();
  std::vector<Value> nested(1100);
  for (size_t i = 1; i < nested.size(); ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  sink_.Put({Record(0, String("a")), Record(1, nested.back()), Record(2, String("b"))});
  ASSERT_EQ(sink_.rejected().size(), 1u);
  EXPECT_EQ(sink_.rejected()[0].rfind("t-0@1: ", 0), 0u);
  EXPECT_EQ(Contents(), "a\nb\n");
}

TEST_F(FileSinkTest, GoesOnBehindWhatWasThere) {
  Start();
  sink_.Put({Record(0, String("one"))});
  sink_.Restart();
  sink_.Put({Record(1, String("two"))});
  EXPECT_EQ(Contents(), "one\ntwo\n");
}

}  // namespace
}  // namespace sluice::sdk
