// A connector and one task of a sink, driven as a worker drives them: records from where the
// offsets say, the same batch again when it asks for it, halves when something in it is bad. One
// thread, but for task()->RequestStop.
#ifndef TESTS_CONFORMANCE_SINK_RUN_H_
#define TESTS_CONFORMANCE_SINK_RUN_H_

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "tests/conformance/host.h"
#include "tests/conformance/scene.h"
#include "tests/conformance/sink_batch.h"

namespace sluice::conformance {

using Positions = std::map<int32_t, int64_t>;  // by partition

class SinkRun {
 public:
  explicit SinkRun(Scene& scene) : scene_(scene), topic_(scene.topic()), host_(scene, nullptr) {}
  ~SinkRun() { Close(); }
  SinkRun(const SinkRun&) = delete;
  SinkRun& operator=(const SinkRun&) = delete;

  Status Start();
  // More partitions; consuming begins there, or where the sink seeks to.
  Status Assign(const Positions& positions);
  // The next record is this one: those before were delivered by hand.
  void MoveTo(int32_t partition, int64_t offset) { position_[partition] = offset; }
  Status Revoke(int32_t partition, bool lost);
  // Start and Assign.
  Status Begin(const Positions& positions);

  // The next `count` records of the partitions, in turn, none of them at `end` or beyond. False:
  // there was nothing left to put.
  StatusOr<bool> PutNext(size_t count, int64_t end = INT64_MAX);
  // A batch that is delivered as a worker does it.
  Status Deliver(SinkBatch& batch);
  // One call.
  plugin::SinkPlugin::PutResult PutOnce(const sluice_batch& batch);
  // Commits what may be.
  Status Flush();
  void Close();

  const Positions& position() const { return position_; }
  const Positions& committed() const { return committed_; }
  const std::set<int64_t>& rejected() const { return rejected_; }  // numbers
  plugin::SinkPlugin* task() { return task_.get(); }
  Host& host() { return host_; }

 private:
  Status DeliverPart(SinkBatch& batch, size_t begin, size_t end);
  std::vector<sluice_topic_partition> Listed(const Positions& positions) const;
  int64_t FirstPending(int32_t partition, int64_t otherwise) const;
  void DropFinished();

  Scene& scene_;
  const std::string topic_;
  Host host_;
  std::unique_ptr<plugin::SinkPlugin> task_;
  Positions position_, committed_;
  std::set<int64_t> rejected_;
  std::vector<std::unique_ptr<SinkBatch>> kept_;
};

// What has arrived, by number: how often.
using Arrived = std::map<int64_t, int>;
StatusOr<Arrived> ReadBack(const Scene& scene);
// Has all arrived that was committed, but for what was rejected? With `once`:
// nothing of it twice. "" or what is wrong.
StatusOr<std::string> WhatIsWrong(const Scene& scene, const Positions& committed,
                                  const std::set<int64_t>& rejected, bool once);

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_SINK_RUN_H_
