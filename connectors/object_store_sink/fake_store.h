// An object store in memory that fails when a test says so. One thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_FAKE_STORE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_FAKE_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {

class FakeStore : public ObjectStore {
 public:
  struct Object {
    std::string bytes;
    Metadata metadata = {}, tags = {};
  };
  std::map<std::string, Object> objects;
  // The next calls of Finish fail so, in this order; then they work.
  std::vector<StoreErrorKind> finish_failures;
  std::vector<StoreErrorKind> send_failures;  // likewise
  int sends = 0, finishes = 0, abandoned = 0;
  size_t part = SIZE_MAX;
  bool tags_fail = false;

  void Check() override {}
  std::unique_ptr<Upload> Begin(const std::string& name) override {
    return std::make_unique<FakeUpload>(*this, name);
  }
  std::optional<ObjectInfo> Look(const std::string& name) override {
    const auto found = objects.find(name);
    if (found == objects.end()) return std::nullopt;
    return ObjectInfo{found->second.bytes.size(), found->second.metadata};
  }
  void Tag(const std::string& name, const Metadata& tags) override {
    if (tags_fail) throw StoreError(StoreErrorKind::kFatal, "no right to tag");
    objects[name].tags = tags;
  }
  std::string Locate(const std::string& name) const override { return "fake://" + name; }

  // Names and contents, a line each: "name: one|two|".
  std::string Listing() const {
    std::string out;
    for (const auto& [name, object] : objects) {
      out += name + ": ";
      for (char c : object.bytes) out.push_back(c == '\n' ? '|' : c);
      out += "\n";
    }
    return out;
  }

 private:
  class FakeUpload : public Upload {
   public:
    FakeUpload(FakeStore& store, std::string name) : store_(store), name_(std::move(name)) {}
    ~FakeUpload() override { store_.abandoned += !finished_; }
    void Send() override {
      if (buffer_.size() < store_.part) return;
      FailNext(store_.send_failures);
      ++store_.sends;
      sent_ += buffer_;
      buffer_.clear();
    }
    void Finish(const FinishOptions& options) override {
      ++store_.finishes;
      FailNext(store_.finish_failures);
      if (options.only_if_absent && store_.objects.contains(name_)) {
        throw StoreError(StoreErrorKind::kExists, name_ + " is there");
      }
      store_.objects[name_] = {sent_ + buffer_, options.metadata, {}};
      finished_ = true;
    }

   private:
    static void FailNext(std::vector<StoreErrorKind>& failures) {
      if (failures.empty()) return;
      const StoreErrorKind kind = failures.front();
      failures.erase(failures.begin());
      throw StoreError(kind, "not today");
    }

    FakeStore& store_;
    const std::string name_;
    std::string sent_;
    bool finished_ = false;
  };
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_FAKE_STORE_H_
