#include "runtime/storage/log_offset_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/abi/views.h"
#include "runtime/storage/file_topic_log.h"
#include "runtime/storage/memory_topic_log.h"

namespace sluice::storage {
namespace {

class CapturingLog : public MemoryTopicLog {
 public:
  void Append(std::string key, std::optional<std::string> value, milliseconds timeout,
              Done done) override {
    written.emplace_back(key, value.value_or("(null)"));
    MemoryTopicLog::Append(std::move(key), std::move(value), timeout, std::move(done));
  }
  std::vector<std::pair<std::string, std::string>> written;
};

class LogOffsetStoreTest : public testing::Test {
 protected:
  LogOffsetStoreTest() {
    auto log = std::make_unique<CapturingLog>();
    log_ = log.get();
    store_ = std::make_unique<LogOffsetStore>(std::move(log));
    EXPECT_TRUE(store_->Start(milliseconds(1000)).ok());
  }
  sluice_value Map(std::vector<std::pair<std::string, sluice_value>> entries) {
    std::vector<sluice_map_entry> list;
    for (auto& [key, value] : entries) list.push_back({arena_.CopyString(key), value});
    return arena_.CopyMap(list.data(), list.size());
  }
  Status Write(const std::vector<OffsetWrite>& offsets) {
    return WriteOffsetsAndWait(*store_, "fs", offsets, milliseconds(1000));
  }
  sluice_value Read(const sluice_value& partition) {
    const auto read = store_->Read("fs", {partition}, arena_, milliseconds(1000));
    EXPECT_TRUE(read.ok()) << read.status();
    return (*read)[0];
  }

  abi::Arena arena_;
  CapturingLog* log_;
  std::unique_ptr<LogOffsetStore> store_;
};

TEST_F(LogOffsetStoreTest, WritesThePeersBytes) {
  const sluice_value partition = Map({{"filename", abi::String("in.txt")}});
  ASSERT_TRUE(Write({{partition, Map({{"position", abi::Int64(30)}})}}).ok());
  ASSERT_EQ(log_->written.size(), 1u);
  EXPECT_EQ(log_->written[0].first, R"(["fs",{"filename":"in.txt"}])");
  EXPECT_EQ(log_->written[0].second, R"({"position":30})");
  EXPECT_EQ(abi::Find(Read(partition), "position")->as.int64, 30);
}

TEST_F(LogOffsetStoreTest, ThePartitionsOrderDoesNotMatterAndStoredKeysStay) {
  const std::string stored = R"(["fs", {"b":1,"a":"x"}])";  // as somebody else wrote it
  log_->MemoryTopicLog::Append(stored, R"({"n":1})", milliseconds(1), [](const Status&) {});
  const sluice_value partition = Map({{"a", abi::String("x")}, {"b", abi::Int32(1)}});
  EXPECT_EQ(abi::Find(Read(partition), "n")->as.int64, 1);
  ASSERT_TRUE(Write({{partition, Map({{"n", abi::Int64(2)}})}}).ok());
  EXPECT_EQ(log_->written[0].first, stored);
  ASSERT_EQ(store_->List("fs").size(), 1u);
  EXPECT_EQ(store_->List("fs")[0].offset, R"({"n":2})");
}

TEST_F(LogOffsetStoreTest, NumbersKeepTheirKindAndTombstonesRemove) {
  const sluice_value partition = Map({{"p", abi::Null()}});
  ASSERT_TRUE(
      Write({{partition, Map({{"d", abi::Float64(30)}, {"l", abi::Int64(INT64_MAX)}})}}).ok());
  EXPECT_EQ(log_->written[0].second, R"({"d":30.0,"l":9223372036854775807})");
  ASSERT_TRUE(Write({{partition, abi::Null()}}).ok());
  EXPECT_EQ(log_->written[1],
            std::make_pair(std::string(R"(["fs",{"p":null}])"), std::string("(null)")));
  EXPECT_TRUE(abi::IsNull(Read(partition)));
  EXPECT_TRUE(store_->List("fs").empty());
}

TEST_F(LogOffsetStoreTest, OnlyMapsOfPrimitivesAreOffsets) {
  const sluice_value good = Map({{"p", abi::Int64(1)}});
  for (const auto& [value, said] : std::vector<std::pair<sluice_value, std::string>>{
           {abi::Int64(1), "Offsets must be specified as a Map"},
           {Map({{"f", good}}),
            "Offsets may only contain primitive types as values, but field f"}}) {
    const Status status = Write({{good, good}, {good, value}});
    EXPECT_NE(Message(status).find(said), std::string_view::npos) << status;
  }
  EXPECT_TRUE(log_->written.empty());
}

TEST_F(LogOffsetStoreTest, KeysThatMakeNoSenseAreLeftAlone) {
  for (const char* key : {"nonsense", "[]", R"(["fs"])", R"([1,{}])", R"(["fs",5])", ""}) {
    log_->MemoryTopicLog::Append(key, "{}", milliseconds(1), [](const Status&) {});
  }
  log_->MemoryTopicLog::Append(R"(["fs",null])", "{}", milliseconds(1), [](const Status&) {});
  EXPECT_TRUE(store_->List("fs").empty());
}

class FileTest : public testing::Test {
 protected:
  const std::string path_ = std::string(std::getenv("TEST_TMPDIR")) + "/offsets";
  void SetUp() override { std::filesystem::remove(path_); }
};

TEST_F(FileTest, ReadsAFileThatJavaWrote) {
  std::ifstream file("runtime/storage/testdata/java_offsets.bin", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(bytes.empty());
  const auto map = DecodeJavaMap(bytes);
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(map->at(R"(["fs",{"filename":"in.txt"}])"), R"({"position":30})");
  EXPECT_EQ(map->at(R"(["fs",{"filename":"b"}])"), std::nullopt);
  EXPECT_EQ(map->at("x"), "x");  // one array, referred to twice
  // Cut anywhere, or with any byte damaged, it is refused or read; never a crash.
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(DecodeJavaMap(bytes.substr(0, i)).ok());
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    (void)DecodeJavaMap(damaged);
  }
}

TEST_F(FileTest, OffsetsComeBack) {
  abi::Arena arena;
  const sluice_map_entry entry{abi::String("k"), abi::Int64(7)};
  const sluice_value map = abi::Map(&entry, 1);
  for (int round = 0; round < 2; ++round) {
    LogOffsetStore store(std::make_unique<FileTopicLog>(path_));
    ASSERT_TRUE(store.Start(milliseconds(1000)).ok());
    EXPECT_EQ(store.List("c").size(), round == 0 ? 0u : 20u);
    for (int i = 0; i < 20; ++i) {
      const sluice_map_entry number{abi::String("n"), abi::Int64(i)};
      ASSERT_TRUE(
          WriteOffsetsAndWait(store, "c", {{abi::Map(&number, 1), map}}, milliseconds(1000)).ok());
    }
  }
}

TEST_F(FileTest, AnotherFileIsRefusedByName) {
  std::ofstream(path_) << "connector offsets";
  LogOffsetStore store(std::make_unique<FileTopicLog>(path_));
  const Status status = store.Start(milliseconds(1000));
  EXPECT_NE(Message(status).find(path_), std::string_view::npos) << status;
}

TEST_F(FileTest, AFolderThatIsNotThereIsNamed) {
  LogOffsetStore store(std::make_unique<FileTopicLog>("/no/such/folder/offsets"));
  ASSERT_TRUE(store.Start(milliseconds(1000)).ok());
  const sluice_map_entry entry{abi::String("k"), abi::Int64(7)};
  const Status status =
      WriteOffsetsAndWait(store, "c", {{abi::Map(&entry, 1), abi::Null()}}, milliseconds(1000));
  EXPECT_NE(Message(status).find("/no/such/folder/offsets"), std::string_view::npos) << status;
}

}  // namespace
}  // namespace sluice::storage
