#include "connectors/postgres_sink/plans.h"

#include "connectors/postgres_sink/fields.h"

namespace sluice::postgres::sink {
namespace {

// A producer that makes up schemas without end must not fill the memory.
constexpr size_t kPlansMax = 1000;

}  // namespace

void Plans::BeginPut() {
  last_ = nullptr;
  last_unfit_ = &fit_;
  if (count_ > kPlansMax) return Forget();
  if (unfit_count_ == 0) return;
  unfit_count_ = 0;
  for (auto& [name, topic] : topics_) {
    topic.known.remove_if([](const Known& known) { return !known.unfit.empty(); });
  }
}

void Plans::Forget() {
  topics_.clear();
  count_ = unfit_count_ = 0;
  last_ = nullptr;
  last_unfit_ = &fit_;
  catalog_.Forget();
}

const Plan* Plans::Find(const sluice_record& record) {
  const bool deletes = record.value.kind == SLUICE_NULL;
  // Other schemas of keys make no difference where keys are not written.
  const sluice_schema* key = config_.pk_mode == PkMode::kRecordKey ? record.key_schema : nullptr;
  const sluice_schema* value = deletes ? nullptr : record.value_schema;
  const std::string_view topic = abi::View(record.topic);
  if ((last_ != nullptr || !last_unfit_->empty()) && key == last_key_ && value == last_value_ &&
      deletes == last_deletes_ && topic == last_topic_) {
    return last_;
  }
  last_ = nullptr;
  last_unfit_ = &fit_;
  last_topic_ = topic;
  last_key_ = key;
  last_value_ = value;
  last_deletes_ = deletes;
  const Known* known = Look(record, key, value, deletes);
  if (known == nullptr) return nullptr;
  last_unfit_ = &known->unfit;
  return last_ = known->plan.get();
}

const Plans::Known* Plans::Look(const sluice_record& record, const sluice_schema* key,
                                const sluice_schema* value, bool deletes) {
  const std::string_view name = abi::View(record.topic);
  auto topic = topics_.find(name);
  if (topic == topics_.end()) {
    topic = topics_.emplace(std::string(name), Topic{config_.naming.For(name), {}}).first;
  }
  for (const Known& known : topic->second.known) {
    if (known.deletes == deletes && abi::SameSchema(known.key.get(), key) &&
        abi::SameSchema(known.value.get(), value)) {
      return &known;
    }
  }
  return Make(name, topic->second, key, value, deletes);
}

const Plans::Known* Plans::Make(std::string_view name, Topic& topic, const sluice_schema* key,
                                const sluice_schema* value, bool deletes) {
  std::vector<Field> fields;
  try {
    fields = MakeFields(config_, key, value);
  } catch (const UnfitSchema& unfit) {
    ++count_;
    ++unfit_count_;
    topic.known.push_back({sdk::Schema(key), sdk::Schema(value), deletes, nullptr, unfit.what()});
    return &topic.known.back();
  }
  const Table* table = catalog_.TableFor(topic.table, fields, deletes);
  if (table == nullptr) return nullptr;
  auto plan = std::make_unique<Plan>(MakePlan(++next_id_, config_, *table, fields, deletes));
  ++count_;
  if (!Fits(name)) fitting_.emplace(name);
  topic.known.push_back({sdk::Schema(key), sdk::Schema(value), deletes, std::move(plan), ""});
  return &topic.known.back();
}

}  // namespace sluice::postgres::sink
