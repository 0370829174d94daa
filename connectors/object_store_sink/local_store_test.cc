#include "connectors/object_store_sink/local_store.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {
namespace {

namespace fs = std::filesystem;

class LocalStoreTest : public testing::Test {
 protected:
  LocalStoreTest() {
    fs::create_directories(folder_);
    store_.Check();
  }
  ~LocalStoreTest() override { fs::remove_all(folder_); }

  std::string Read(const std::string& name) const {
    std::ifstream file(folder_ + "/bucket/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Files, drafts included.
  size_t Files() const {
    size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      count += entry.is_regular_file();
    }
    return count;
  }
  void Write(const std::string& name, std::string_view text, const FinishOptions& options = {}) {
    const auto upload = store_.Begin(name);
    upload->Append(text);
    upload->Finish(options);
  }

  const std::string folder_ = testing::TempDir() + "/store-" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
  LocalStore store_{folder_, "bucket", 8};
};

TEST_F(LocalStoreTest, AFileAppearsWhole) {
  const auto upload = store_.Begin("topics/t/partition=0/t+0+0.json");
  upload->Append("a first line\n");
  upload->Send();
  EXPECT_EQ(upload->buffered(), 0u);  // beyond the block: it is in the draft
  EXPECT_FALSE(store_.Look("topics/t/partition=0/t+0+0.json"));
  upload->Append("more");
  upload->Finish({});
  EXPECT_EQ(Read("topics/t/partition=0/t+0+0.json"), "a first line\nmore");
  EXPECT_EQ(store_.Look("topics/t/partition=0/t+0+0.json")->size, 17u);
  EXPECT_EQ(Files(), 1u);
}

TEST_F(LocalStoreTest, WhatIsGivenUpLeavesNothing) {
  {
    const auto upload = store_.Begin("a");
    upload->Append("longer than a block");
    upload->Send();
    EXPECT_EQ(Files(), 1u);
  }
  EXPECT_EQ(Files(), 0u);
}

TEST_F(LocalStoreTest, OverwritesUnlessForbidden) {
  Write("a", "one");
  Write("a", "two");
  EXPECT_EQ(Read("a"), "two");
  const auto upload = store_.Begin("a");
  upload->Append("three");
  try {
    upload->Finish({.only_if_absent = true});
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), StoreErrorKind::kExists);
  }
  EXPECT_EQ(Read("a"), "two");
  upload->Finish({});  // the same upload may still win
  EXPECT_EQ(Read("a"), "three");
  Write("b", "new", {.only_if_absent = true});
  EXPECT_EQ(Read("b"), "new");
  EXPECT_EQ(Files(), 2u);
}

TEST_F(LocalStoreTest, DraftsOfTheDeadAreRemovedAndOthersStay) {
  const std::string folder = folder_ + "/bucket/f/";
  fs::create_directories(folder);
  const auto make = [&](const char* name) { std::ofstream(folder + name) << "begun"; };
  const auto is_there = [&](const char* name) { return fs::exists(folder + name); };
  for (const char* name : {".draft-1-2-3", ".draft-4-5-6", ".draft-notes", ".draft-1-2-x",
                           ".draft-1--3", ".draft-1-2", "draft-1-2-3"}) {
    make(name);
  }
  const int lock = ::open((folder + ".draft-4-5-6").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);  // as its writer has it
  LocalStore other(folder_, "bucket", 8);
  const auto begun = other.Begin("f/b");
  begun->Append("longer than a block");
  begun->Send();
  EXPECT_FALSE(is_there(".draft-1-2-3"));
  Write("f/a", "one");
  begun->Finish({});
  EXPECT_EQ(Read("f/b"), "longer than a block");
  for (const char* name : {".draft-4-5-6", ".draft-notes", ".draft-1-2-x", ".draft-1--3",
                           ".draft-1-2", "draft-1-2-3"}) {
    EXPECT_TRUE(is_there(name)) << name;
  }
  ::close(lock);
  LocalStore next(folder_, "bucket", 8);  // a next life looks again
  next.Begin("f/c")->Finish({});
  EXPECT_FALSE(is_there(".draft-4-5-6"));
}

class FailingSyncTest : public LocalStoreTest {
 protected:
  // The sync with this number fails, those behind it work, as the kernel has it.
  StoreErrorKind KindOfFinish(int failing, const FinishOptions& options = {}) {
    int count = 0;
    LocalStore store(folder_, "bucket", 8, [&](int) {
      if (++count != failing) return 0;
      errno = EIO;
      return -1;
    });
    const auto upload = store.Begin("f/a");
    upload->Append("longer than a block");
    try {
      upload->Finish(options);
      ADD_FAILURE() << "no sync " << failing;
    } catch (const StoreError&) {
      // The same call again must not find all well.
    }
    try {
      upload->Finish(options);
    } catch (const StoreError& error) {
      return error.kind();
    }
    ADD_FAILURE() << "finished after a sync " << failing << " that failed";
    return StoreErrorKind::kFatal;
  }
};

TEST_F(FailingSyncTest, WhatWasNotSyncedIsNeverTakenForWritten) {
  fs::create_directories(folder_ + "/bucket/f");
  EXPECT_EQ(KindOfFinish(1), StoreErrorKind::kGone);  // the file's
  EXPECT_EQ(Files(), 0u);
  EXPECT_EQ(KindOfFinish(2), StoreErrorKind::kGone);  // its folder's
  fs::remove(folder_ + "/bucket/f/a");
  EXPECT_EQ(KindOfFinish(2, {.only_if_absent = true}), StoreErrorKind::kGone);
  EXPECT_EQ(Files(), 0u);
}

TEST_F(LocalStoreTest, FoldersAreSyncedIntoThoseAbove) {
  int count = 0;
  LocalStore store(folder_, "bucket", 8, [&](int) { return ++count, 0; });
  const auto upload = store.Begin("f/g/a");
  upload->Finish({});
  EXPECT_EQ(count, 4);  // f, g, a, and a's name
}

TEST_F(LocalStoreTest, AFinishedFileIsClosed) {
  const auto open = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open();
  const auto upload = store_.Begin("a");
  upload->Finish({});
  EXPECT_EQ(open(), before);
}

TEST_F(LocalStoreTest, AFolderThatIsNotThereIsFatal) {
  LocalStore nowhere(folder_ + "/none", "bucket", 8);
  try {
    nowhere.Check();
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), StoreErrorKind::kFatal);
    EXPECT_NE(std::string(error.what()).find("/none"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::object_store_sink
