// Which types contain themselves, and how deep they may be unrolled. For to_connect.cc; one thread.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_RECURSION_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_RECURSION_H_

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

class Recursion {
 public:
  explicit Recursion(const Schema& root);

  // Whether what `schema` becomes depends on how deep it lies.
  bool IsRecursive(const Schema& schema) const { return reaches_.contains(&schema); }
  // How many more records of recursive types may be entered.
  int level() const { return left_; }

  // While a record is being unrolled.
  class Entered {
   public:
    Entered(Recursion& recursion, bool counts, bool too_deep)
        : recursion_(recursion), counts_(counts), too_deep_(too_deep) {}
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;
    ~Entered() {
      if (counts_) ++recursion_.left_;
    }
    bool too_deep() const { return too_deep_; }

   private:
    Recursion& recursion_;
    const bool counts_;
    const bool too_deep_;
  };
  Entered Enter(const Schema& record);

 private:
  uint64_t Unrolled(const Schema& schema, int levels, int depth);

  std::set<const Schema*> on_cycle_;  // records at which a cycle closes
  std::set<const Schema*> reaches_;   // all from which such a record can be reached
  std::map<std::pair<const Schema*, int>, uint64_t> sizes_;
  int left_ = 0;
};

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_RECURSION_H_
