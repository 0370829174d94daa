#include "runtime/task/offset_tracker.h"

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/abi/views.h"

namespace sluice::task {
namespace {

// A polled batch whose records belong to partitions {"p": name} and have offsets {"o": number}.
struct TestBatch {
  explicit TestBatch(std::vector<std::pair<std::string, int64_t>> wanted, bool shared = true) {
    std::map<std::string, const sluice_value*> pointers;
    for (auto& [name, offset] : wanted) {
      sluice_record record = abi::EmptyRecord();
      const sluice_value*& pointer = pointers[name];
      if (pointer == nullptr || !shared) pointer = Map("p", abi::String(arena.Copy(name)));
      record.source_partition = pointer;
      if (offset >= 0) record.source_offset = Map("o", abi::Int64(offset));
      records.push_back(record);
    }
    batch = {
        sizeof(sluice_batch), sizeof(sluice_record), records.size(), records.data(), 0, nullptr};
  }
  const sluice_value* Map(std::string_view key, sluice_value value) {
    sluice_map_entry entry{abi::String(key), value};
    return arena.New(arena.CopyMap(&entry, 1));
  }
  void Spoil() {  // as a plugin may after release
    for (sluice_record& record : records) record.source_offset = record.source_partition = nullptr;
    arena.Reset();
    for (int i = 0; i < 100; ++i) arena.Copy("garbage garbage garbage");
  }
  abi::Arena arena{256};
  std::vector<sluice_record> records;
  sluice_batch batch;
};

class OffsetTrackerTest : public testing::Test {
 protected:
  std::vector<Ticket> Send(TestBatch& batch) {
    tracker.Open(Flight{&batch.batch, nullptr, 0});
    std::vector<Ticket> tickets;
    for (uint32_t i = 0; i < batch.records.size(); ++i) {
      tickets.push_back(tracker.Track(i, batch.records[i]));
    }
    return tickets;
  }
  // What a commit would store now: partition name -> offset, "null" for a tombstone.
  std::map<std::string, std::string> Commit(bool stored = true) {
    const OffsetSet& set = tracker.BeginCommit();
    std::map<std::string, std::string> found;
    for (size_t i = 0; i < set.partitions.size(); ++i) {
      const sluice_value* name = abi::Find(set.partitions[i], "p");
      const sluice_value* offset = abi::Find(set.offsets[i], "o");
      found[std::string(abi::Text(*name))] =
          offset == nullptr ? "null" : std::to_string(offset->as.int64);
    }
    tracker.EndCommit(stored);
    return found;
  }
  using Offsets = std::map<std::string, std::string>;
  OffsetTracker tracker;
};

TEST_F(OffsetTrackerTest, CommitsTheAckedPrefixOnly) {
  TestBatch batch({{"a", 1}, {"a", 2}, {"a", 3}});
  auto t = Send(batch);
  EXPECT_EQ(Commit(), Offsets());
  tracker.Done(t[1]);
  EXPECT_EQ(Commit(), Offsets());
  tracker.Done(t[0]);
  EXPECT_EQ(Commit(), (Offsets{{"a", "2"}}));
  EXPECT_EQ(Commit(), Offsets());  // nothing new
  EXPECT_EQ(tracker.TakeFinished().batch, nullptr);
  tracker.Done(t[2]);
  EXPECT_EQ(tracker.TakeFinished().batch, &batch.batch);
  batch.Spoil();
  EXPECT_EQ(Commit(), (Offsets{{"a", "3"}}));
  EXPECT_EQ(tracker.unfinished_records(), 0u);
}

TEST_F(OffsetTrackerTest, AStuckRecordBlocksItsPartitionOnly) {
  TestBatch batch({{"a", 1}, {"b", 1}, {"a", 2}, {"b", 2}});
  auto t = Send(batch);
  tracker.Done(t[1]);
  tracker.Done(t[2]);
  tracker.Done(t[3]);
  EXPECT_EQ(Commit(), (Offsets{{"b", "2"}}));
  tracker.Done(t[0]);
  EXPECT_EQ(Commit(), (Offsets{{"a", "2"}}));
}

TEST_F(OffsetTrackerTest, LaterBatchesAreFreedBeforeAStuckOne) {
  TestBatch stuck({{"a", 1}}), second({{"a", 2}, {"b", 7}}), third({{"a", 3}}), fourth({{"a", 4}});
  auto t1 = Send(stuck), t2 = Send(second), t3 = Send(third), t4 = Send(fourth);
  tracker.Done(t3[0]);
  EXPECT_EQ(tracker.TakeFinished().batch, &third.batch);
  third.Spoil();
  tracker.Done(t2[0]);
  tracker.Done(t2[1]);
  EXPECT_EQ(tracker.TakeFinished().batch, &second.batch);
  second.Spoil();
  tracker.Done(t4[0]);
  fourth.Spoil();
  EXPECT_EQ(Commit(), (Offsets{{"b", "7"}}));
  tracker.Done(t1[0]);
  EXPECT_EQ(Commit(), (Offsets{{"a", "4"}}));
}

TEST_F(OffsetTrackerTest, AFailedCommitComesAgainWithWhatIsNewest) {
  TestBatch batch({{"a", 1}, {"b", 1}, {"a", 2}});
  auto t = Send(batch);
  tracker.Done(t[0]);
  tracker.Done(t[1]);
  EXPECT_EQ(Commit(false), (Offsets{{"a", "1"}, {"b", "1"}}));
  tracker.Done(t[2]);
  EXPECT_EQ(Commit(), (Offsets{{"a", "2"}, {"b", "1"}}));
  EXPECT_EQ(Commit(), Offsets());
}

TEST_F(OffsetTrackerTest, ANullOffsetIsATombstoneAndANullPartitionIsNothing) {
  TestBatch batch({{"a", -1}, {"a", 5}});
  batch.records[1].source_partition = nullptr;
  auto t = Send(batch);
  tracker.Done(t[0]);
  tracker.Done(t[1]);
  EXPECT_EQ(Commit(), (Offsets{{"a", "null"}}));
}

TEST_F(OffsetTrackerTest, PartitionsAreComparedByContentWhateverTheOrder) {
  abi::Arena arena;
  auto map = [&](bool swapped) {
    sluice_map_entry entries[] = {{abi::String("p"), abi::String("a")},
                                  {abi::String("q"), abi::Int64(3)}};
    if (swapped) std::swap(entries[0], entries[1]);
    return arena.New(arena.CopyMap(entries, 2));
  };
  TestBatch batch({{"a", 1}, {"a", 2}, {"a", 3}});
  for (int i = 0; i < 3; ++i) batch.records[i].source_partition = map(i % 2 == 1);
  auto t = Send(batch);
  tracker.Done(t[2]);
  tracker.Done(t[1]);
  EXPECT_EQ(Commit(), Offsets());
  tracker.Done(t[0]);
  EXPECT_EQ(Commit(), (Offsets{{"a", "3"}}));
}

TEST_F(OffsetTrackerTest, TheSamePartitionUnderNewPointersInEachRecord) {
  TestBatch batch({{"a", 1}, {"a", 2}, {"b", 1}, {"a", 3}}, /*shared=*/false);
  auto t = Send(batch);
  for (int i : {3, 2, 1}) tracker.Done(t[i]);
  EXPECT_EQ(Commit(), (Offsets{{"b", "1"}}));
  tracker.Done(t[0]);
  EXPECT_EQ(Commit(), (Offsets{{"a", "3"}}));
}

TEST_F(OffsetTrackerTest, TakeAllGivesBackWhatIsLeft) {
  TestBatch first({{"a", 1}}), second({{"a", 2}});
  Send(first);
  Send(second);
  EXPECT_EQ(tracker.TakeAll().size(), 2u);
  EXPECT_EQ(tracker.batches(), 0u);
  EXPECT_EQ(Commit(), Offsets());
}

// Against a model: random partitions, acks and commits; a commit is exactly the acked prefix.
TEST_F(OffsetTrackerTest, RandomAcksNeverPassAnUnackedRecord) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    OffsetTracker fresh;
    std::mt19937 random(seed);
    struct Sent {
      std::string partition;
      int64_t offset;
      bool acked;
    };
    std::vector<Sent> sent;
    std::vector<std::pair<Ticket, size_t>> open;
    std::map<const sluice_batch*, std::unique_ptr<TestBatch>> batches;
    std::map<std::string, int64_t> stored;
    for (int step = 0; step < 60; ++step) {
      if (random() % 3 == 0) {
        std::vector<std::pair<std::string, int64_t>> wanted(1 + random() % 90);
        const bool mixed = random() % 2;
        for (auto& [name, offset] : wanted) {
          name = std::string(1, static_cast<char>('a' + (mixed ? random() % 4 : 0)));
          offset = static_cast<int64_t>(sent.size() + (&offset - &wanted[0].second));
        }
        auto batch = std::make_unique<TestBatch>(wanted, random() % 2 == 0);
        fresh.Open(Flight{&batch->batch, nullptr, 0});
        for (uint32_t i = 0; i < wanted.size(); ++i) {
          open.emplace_back(fresh.Track(i, batch->records[i]), sent.size());
          sent.push_back({wanted[i].first, wanted[i].second, false});
          if (random() % 40 == 0) {  // a commit in the middle of a batch
            fresh.BeginCommit();
            fresh.EndCommit(false);
          }
        }
        batches[&batch->batch] = std::move(batch);
      }
      for (size_t acks = random() % 60; acks > 0 && !open.empty(); --acks) {
        const size_t pick = random() % 4 == 0 ? random() % open.size() : 0;
        sent[open[pick].second].acked = true;
        fresh.Done(open[pick].first);
        open.erase(open.begin() + static_cast<ptrdiff_t>(pick));
        while (const sluice_batch* done = fresh.TakeFinished().batch) {
          batches.at(done)->Spoil();
          batches.erase(done);
        }
      }
      const bool succeed = random() % 2 == 0;
      const OffsetSet& set = fresh.BeginCommit();
      for (size_t i = 0; i < set.partitions.size() && succeed; ++i) {
        stored[std::string(abi::Text(*abi::Find(set.partitions[i], "p")))] =
            abi::Find(set.offsets[i], "o")->as.int64;
      }
      fresh.EndCommit(succeed);
      if (!succeed) continue;
      std::map<std::string, int64_t> model;
      std::set<std::string> blocked;
      for (const Sent& record : sent) {
        if (!record.acked) blocked.insert(record.partition);
        if (!blocked.count(record.partition)) model[record.partition] = record.offset;
      }
      ASSERT_EQ(stored, model) << "seed " << seed << " step " << step;
    }
    ASSERT_EQ(fresh.unfinished_records(), open.size());
  }
}

}  // namespace
}  // namespace sluice::task
