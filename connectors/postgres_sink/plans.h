// The plans of the records that come: found by topic and schemas, made with the catalog's help when
// they are first met. The task's thread only.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_PLANS_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_PLANS_H_

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres_sink/catalog.h"
#include "connectors/postgres_sink/plan.h"
#include "connectors/postgres_sink/sink_config.h"
#include "connectors/sdk/value.h"

namespace sluice::postgres::sink {

class Plans {
 public:
  Plans(const SinkConfig& config, Catalog& catalog) : config_(config), catalog_(catalog) {}

  // To be called before the first record of a put: what Find remembers of the last record is the
  // put's.
  void BeginPut();
  // The plan, valid until Forget; nullptr for the delete of a row whose table is not there, and for
  // a record whose schemas do not fit: then why_unfit says why.
  const Plan* Find(const sluice_record& record);
  // Of the record that was looked for last; "": it fits. Valid until the next BeginPut.
  const std::string& why_unfit() const { return *last_unfit_; }
  // Has any record of this topic ever fitted?
  bool Fits(std::string_view topic) const { return fitting_.contains(topic); }
  // Tables may have changed: everything is looked up again.
  void Forget();

 private:
  struct Known {
    sdk::Schema key, value;
    bool deletes;
    std::unique_ptr<Plan> plan;
    std::string unfit;  // until the next put: tables and records may change
  };
  struct Topic {
    TableName table;
    std::list<Known> known;
  };
  const Known* Look(const sluice_record& record, const sluice_schema* key,
                    const sluice_schema* value, bool deletes);
  const Known* Make(std::string_view name, Topic& topic, const sluice_schema* key,
                    const sluice_schema* value, bool deletes);

  const SinkConfig& config_;
  Catalog& catalog_;
  std::map<std::string, Topic, std::less<>> topics_;
  uint32_t next_id_ = 0;
  size_t count_ = 0, unfit_count_ = 0;
  std::set<std::string, std::less<>> fitting_;  // topics
  // The last record's.
  std::string_view last_topic_;
  const sluice_schema *last_key_ = nullptr, *last_value_ = nullptr;
  bool last_deletes_ = false;
  const Plan* last_ = nullptr;
  const std::string fit_;
  const std::string* last_unfit_ = &fit_;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_PLANS_H_
