#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "connectors/sdk/fakes.h"

namespace sluice::sdk {
namespace {

using std::chrono::milliseconds;

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() { ::unlink(path_.c_str()); }
  ~FileSourceTest() override { ::unlink(path_.c_str()); }
  void Write(std::string_view text) { std::ofstream(path_, std::ios::binary) << text; }
  void Append(std::string_view text) {
    std::ofstream(path_, std::ios::binary | std::ios::app) << text;
  }
  ConfigText Config(std::string_view batch_size = "2000") {
    return {{"name", "fs"},
            {"topic", "lines"},
            {"file", path_},
            {"batch.size", std::string(batch_size)}};
  }
  // The values of the records that are there now, joined.
  std::string Poll(milliseconds timeout = milliseconds(0)) {
    std::string out;
    for (const FakeRecord& record : source_.Poll(timeout))
      out += record.value + record.source_offset + " ";
    return out;
  }
  static std::string At(std::string_view line, int64_t position) {
    return "\"" + std::string(line) + "\"{\"position\":" + std::to_string(position) + "} ";
  }

  const std::string path_ = testing::TempDir() + "file_source_test.txt";
  FakeSource source_{"FileStreamSourceConnector"};
};

TEST_F(FileSourceTest, SendsLinesWithTheirPositions) {
  Write("one\ntwo\r\nthree\rfour\n");
  source_.Start(Config());
  const auto records = source_.Poll(milliseconds(0));
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].topic, "lines");
  EXPECT_EQ(records[0].key, "null");
  EXPECT_EQ(records[0].value, "\"one\"");
  EXPECT_EQ(records[0].source_partition, "{\"filename\":\"" + path_ + "\"}");
  EXPECT_EQ(records[0].source_offset, "{\"position\":4}");
  EXPECT_EQ(records[1].value, "\"two\"");
  EXPECT_EQ(records[1].source_offset, "{\"position\":9}");
  EXPECT_EQ(records[3].source_offset, "{\"position\":20}");
  EXPECT_GT(records[0].timestamp, 1'600'000'000'000);
  ASSERT_NE(records[0].raw->value_schema, nullptr);
  EXPECT_EQ(records[0].raw->value_schema->type, SLUICE_STRING);
  EXPECT_EQ(records[0].raw->value_schema->optional, 0);
  // Lines lie beside each other in the block that was read.
  EXPECT_EQ(records[0].raw->value.as.data + 4, records[1].raw->value.as.data);
}

TEST_F(FileSourceTest, WaitsForTheEndOfALine) {
  Write("one\ntw");
  source_.Start(Config());
  EXPECT_EQ(Poll(), At("one", 4));
  EXPECT_EQ(Poll(), "");
  Append("o");
  EXPECT_EQ(Poll(), "");
  Append("\nthree\r");
  EXPECT_EQ(Poll(), At("two", 8));
  Append("\n");
  EXPECT_EQ(Poll(), At("three", 15));
}

TEST_F(FileSourceTest, TakesNoMoreThanABatch) {
  std::string text;
  for (int i = 0; i < 5; ++i) text += std::to_string(i) + "\n";
  Write(text);
  source_.Start(Config("2"));
  EXPECT_EQ(Poll(), At("0", 2) + At("1", 4));
  EXPECT_EQ(Poll(), At("2", 6) + At("3", 8));
  EXPECT_EQ(Poll(), At("4", 10));
  EXPECT_EQ(Poll(), "");
}

TEST_F(FileSourceTest, ReadsLargeFilesWhole) {
  std::string text;
  for (int i = 0; i < 50000; ++i)
    text +=
        "line number " + std::to_string(i) + std::string(static_cast<size_t>(i % 97), '.') + "\n";
  Write(text);
  source_.Start(Config());
  int64_t expected = 0, position = 0;
  while (true) {
    const auto records = source_.Poll(milliseconds(0));
    if (records.empty()) break;
    EXPECT_LE(records.size(), 2000u);
    for (const FakeRecord& record : records) {
      const std::string line = "line number " + std::to_string(expected) +
                               std::string(static_cast<size_t>(expected % 97), '.');
      position += static_cast<int64_t>(line.size()) + 1;
      ASSERT_EQ(record.value, "\"" + line + "\"");
      ASSERT_EQ(record.source_offset, "{\"position\":" + std::to_string(position) + "}");
      ++expected;
    }
    source_.Commit();
  }
  EXPECT_EQ(expected, 50000);
}

TEST_F(FileSourceTest, ReadsLinesLongerThanABlock) {
  const std::string long_line(3'000'000, 'x');
  Write("a\n" + long_line);
  source_.Start(Config());
  EXPECT_EQ(Poll(), At("a", 2));
  EXPECT_EQ(Poll(), "");
  Append("yz\r");
  EXPECT_EQ(Poll(), "");
  Append("b\n");
  const auto records = source_.Poll(milliseconds(0));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(abi::Text(records[0].raw->value), long_line + "yz");
  EXPECT_EQ(records[1].value, "\"b\"");
}

TEST_F(FileSourceTest, ResumesWhereItsRecordsWereAcknowledged) {
  Write("one\ntwo\nthree\n");
  source_.Start(Config("1"));
  EXPECT_EQ(Poll(), At("one", 4));
  source_.Commit();
  EXPECT_EQ(Poll(), At("two", 8));
  source_.Restart();  // killed: two was sent and not acknowledged
  EXPECT_EQ(Poll(), At("two", 8));
}

TEST_F(FileSourceTest, StartsFromAPositionThatAUserSet) {
  Write("one\ntwo\n");
  source_.StoreOffset({"filename", path_}, {"position", 4});
  source_.Start(Config());
  EXPECT_EQ(Poll(), At("two", 8));
}

TEST_F(FileSourceTest, WaitsForAFileThatIsNotThere) {
  source_.Start(Config());
  EXPECT_EQ(Poll(), "");
  EXPECT_EQ(Poll(milliseconds(30)), "");
  ASSERT_FALSE(source_.host().log.empty());
  size_t said = 0;
  for (const std::string& line : source_.host().log) {
    said += line == "WARN Couldn't find file " + path_ +
                        " for FileStreamSourceTask, sleeping to wait for it to be created";
  }
  EXPECT_EQ(said, 1u);
  Write("here\n");
  EXPECT_EQ(Poll(milliseconds(5000)), At("here", 5));
}

TEST_F(FileSourceTest, ReadsAFileThatWasCutShortAgain) {
  Write("one\ntwo\nthree\n");
  source_.Start(Config());
  EXPECT_EQ(source_.Poll(milliseconds(0)).size(), 3u);
  Write("new\n");
  EXPECT_EQ(Poll(), At("new", 4));
  source_.Commit();
  Write("");
  EXPECT_EQ(Poll(), "");
  Append("x\n");
  EXPECT_EQ(Poll(), At("x", 2));
}

TEST_F(FileSourceTest, APositionBehindTheFilesEndMeansThatItWasCutShort) {
  Write("one\n");
  source_.StoreOffset({"filename", path_}, {"position", 1000});
  source_.Start(Config());
  EXPECT_EQ(Poll(), At("one", 4));
}

TEST_F(FileSourceTest, FollowsAFileThatIsReplaced) {
  Write("old\nlast line");
  source_.Start(Config());
  EXPECT_EQ(Poll(), At("old", 4));
  ASSERT_EQ(std::rename(path_.c_str(), (path_ + ".1").c_str()), 0);
  EXPECT_EQ(Poll(), "");  // nobody has taken its place
  Write("new\n");
  EXPECT_EQ(Poll(milliseconds(5000)), At("last line", 13));
  EXPECT_EQ(Poll(milliseconds(5000)), At("new", 4));
  ::unlink((path_ + ".1").c_str());
}

TEST_F(FileSourceTest, ADirectoryIsAnError) {
  ConfigText config = Config();
  config["file"] = "/tmp";
  source_.Start(config);
  try {
    source_.Poll(milliseconds(0));
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("Could not read file '/tmp': Is a directory"),
              std::string::npos)
        << failure.what();
    EXPECT_EQ(failure.code, SLUICE_FAILED);
  }
}

TEST_F(FileSourceTest, StopEndsAWait) {
  source_.Start(Config());
  std::thread stopper([this] { source_.RequestStop(); });
  source_.Poll(milliseconds(20000));
  stopper.join();
}

TEST_F(FileSourceTest, ReadsANamedPipe) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  source_.Start(Config("2"));
  EXPECT_EQ(Poll(), "");  // nobody writes: it does not hang
  const int pipe = ::open(path_.c_str(), O_WRONLY | O_NONBLOCK);
  ASSERT_GE(pipe, 0);
  ASSERT_EQ(::write(pipe, "a\nb\nc\nd", 7), 7);
  EXPECT_EQ(Poll(milliseconds(5000)), At("a", 2) + At("b", 4));
  EXPECT_EQ(Poll(milliseconds(5000)), At("c", 6));
  ASSERT_EQ(::write(pipe, "e\n", 2), 2);
  EXPECT_EQ(Poll(milliseconds(5000)), At("de", 9));
  ::close(pipe);
  EXPECT_EQ(Poll(), "");
}

TEST_F(FileSourceTest, ReadsStandardInputToItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_EQ(::dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  ConfigText config = Config("2");
  config.erase("file");
  source_.Start(config);
  EXPECT_EQ(Poll(milliseconds(20)), "");
  ASSERT_EQ(::write(ends[1], "a\nb\nc\nlast", 10), 10);
  auto records = source_.Poll(milliseconds(5000));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].source_partition, "{\"filename\":null}");
  EXPECT_EQ(records[0].source_offset, "{\"position\":null}");
  EXPECT_EQ(source_.Poll(milliseconds(5000)).at(0).value, "\"c\"");
  ::close(ends[1]);
  EXPECT_EQ(source_.Poll(milliseconds(5000)).at(0).value, "\"last\"");
  EXPECT_TRUE(source_.finished());
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(ends[0]);
}

// FileStreamSourceConnector.alterOffsets, case by case.
TEST_F(FileSourceTest, OffsetsThatMayBeStored) {
  const sluice_class& of = FindClass("FileStreamSourceConnector");
  abi::Arena arena;
  const auto map = [&](std::string_view key, sluice_value value) {
    const sluice_map_entry entry{abi::String(key), value};
    return arena.CopyMap(&entry, 1);
  };
  const sluice_value file = map("filename", abi::String(path_));
  const auto refusal = [&](sluice_value partition, sluice_value offset) -> std::string {
    try {
      EXPECT_TRUE(RunAlterOffsets(of, Config(), {{partition, offset}}));
      return "";
    } catch (const PluginFailure& refused) {
      const std::string text = refused.what();
      return text.substr(text.find(": ") + 2);
    }
  };
  EXPECT_TRUE(RunAlterOffsets(of, Config(), {}));
  EXPECT_EQ(refusal(file, map("position", abi::Int64(0))), "");
  EXPECT_EQ(refusal(map("garbage", abi::Null()), abi::Null()), "");
  EXPECT_EQ(refusal(file, map("other", abi::Int64(1))),
            "Offset objects should either be null or contain the key 'position'");
  for (const sluice_value& position :
       {abi::String("1"), abi::Float64(1), abi::Null(), abi::Boolean(true)}) {
    EXPECT_EQ(refusal(file, map("position", position)),
              "The value for the 'position' key in the offset is expected to be a Long value");
  }
  EXPECT_EQ(refusal(file, map("position", abi::Int64(-1))),
            "The value for the 'position' key in the offset should be a non-negative value");
  EXPECT_EQ(refusal(abi::Null(), map("position", abi::Int64(1))),
            "Partition objects cannot be null");
  EXPECT_EQ(refusal(map("other", abi::Int64(1)), map("position", abi::Int64(1))),
            "Partition objects should contain the key 'filename'");
  EXPECT_THROW(RunAlterOffsets(of, {{"name", "fs"}, {"topic", "t"}}, {}), PluginFailure);
}

TEST_F(FileSourceTest, OneTask) {
  source_.Start(Config(), 10);
  EXPECT_EQ(source_.tasks(), 1u);
}

TEST(FileSourceClass, IsKnownByItsJavaNames) {
  const sluice_class& info = FindClass("FileStreamSourceConnector");
  EXPECT_EQ(abi::View(info.name), "org.apache.kafka.connect.file.FileStreamSourceConnector");
  EXPECT_EQ(abi::View(info.task_class), "org.apache.kafka.connect.file.FileStreamSourceTask");
}

TEST(FileSourceClass, ReadmeHasTheKeys) {
  EXPECT_TRUE(ReadmeHasTable("connectors/file/README.md", "FileStreamSourceConnector"));
  EXPECT_TRUE(ReadmeHasTable("connectors/file/README.md", "FileStreamSinkConnector"));
}

// ---- Calls of the connector

class FileConnectorCalls : public testing::Test {
 protected:
  using Entry = std::pair<std::string_view, sluice_value>;
  sluice_value Map(std::initializer_list<Entry> entries) {
    auto* made = arena_.NewArray<sluice_map_entry>(entries.size());
    size_t count = 0;
    for (const auto& [key, value] : entries) made[count++] = {abi::String(key), value};
    return abi::Map(made, count);
  }
  // What alter_offsets says.
  std::string Alter(const sluice_value& partition, const sluice_value& offset,
                    bool with_file = true) {
    const sluice_class& info = FindClass("FileStreamSourceConnector");
    const auto& calls = *static_cast<const sluice_source_table*>(info.table)->connector;
    sluice_error error{};
    error.struct_size = sizeof error;
    sluice_connector_host host{};
    host.struct_size = sizeof host;
    void* connector = calls.create(&host, &error);
    const sluice_key_value entries[] = {{abi::Str("topic"), abi::Str("t")},
                                        {abi::Str("file"), abi::Str("f")}};
    int32_t managed = 0;
    const sluice_code code = calls.alter_offsets(connector, {entries, with_file ? 2u : 1u},
                                                 &partition, &offset, 1, &managed, &error);
    calls.close(connector);
    return code == SLUICE_OK ? (managed ? "ok" : "not managed")
                             : std::string(error.text, error.text_size);
  }
  sluice_support ExactlyOnce(bool with_file) {
    const sluice_class& info = FindClass("FileStreamSourceConnector");
    const auto& calls = *static_cast<const sluice_source_table*>(info.table)->connector;
    const sluice_key_value entries[] = {{abi::Str("topic"), abi::Str("t")},
                                        {abi::Str("file"), abi::Str("f")}};
    sluice_error error{};
    error.struct_size = sizeof error;
    sluice_support answer = SLUICE_SUPPORT_UNKNOWN;
    EXPECT_EQ(calls.exactly_once_support({entries, with_file ? 2u : 1u}, &answer, &error),
              SLUICE_OK);
    return answer;
  }
  abi::Arena arena_;
};

TEST_F(FileConnectorCalls, ChecksOffsetsBeforeTheyAreAltered) {
  const sluice_value partition = Map({{"filename", abi::String("f")}});
  EXPECT_EQ(Alter(partition, Map({{"position", abi::Int64(5)}})), "ok");
  EXPECT_EQ(Alter(partition, abi::Null()), "ok");
  EXPECT_EQ(Alter(Map({{"junk", abi::Int64(1)}}), abi::Null()), "ok");  // garbage can be removed
  EXPECT_EQ(Alter(partition, Map({{"pos", abi::Int64(5)}})),
            "Offset objects should either be null or contain the key 'position'");
  EXPECT_EQ(Alter(partition, Map({{"position", abi::String("5")}})),
            "The value for the 'position' key in the offset is expected to be a Long value");
  EXPECT_EQ(Alter(partition, Map({{"position", abi::Int64(-1)}})),
            "The value for the 'position' key in the offset should be a non-negative value");
  EXPECT_EQ(Alter(abi::Null(), Map({{"position", abi::Int64(1)}})),
            "Partition objects cannot be null");
  EXPECT_EQ(Alter(Map({{"file", abi::String("f")}}), Map({{"position", abi::Int64(1)}})),
            "Partition objects should contain the key 'filename'");
  EXPECT_NE(Alter(partition, abi::Null(), false)
                .find("Offsets cannot be modified if the 'file' configuration is unspecified"),
            std::string::npos);
}

TEST_F(FileConnectorCalls, ExactlyOnceNeedsAFile) {
  EXPECT_EQ(ExactlyOnce(true), SLUICE_SUPPORTED);
  EXPECT_EQ(ExactlyOnce(false), SLUICE_NOT_SUPPORTED);
}

}  // namespace
}  // namespace sluice::sdk
