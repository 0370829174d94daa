// The parts of a validation that name classes: transforms, predicates, converters. For
// connector_check.cc.
#ifndef SLUICE_RUNTIME_CONFIG_CLASS_CHECK_H_
#define SLUICE_RUNTIME_CONFIG_CLASS_CHECK_H_

#include "runtime/config/check_answer.h"
#include "runtime/config/class_keys.h"
#include "runtime/config/config_map.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {

// Adds each transform's and predicate's keys, with what is wrong with them.
void CheckSteps(const ConfigMap& config, const ClassKeys& classes, CheckAnswer& answer);

// Completes key.converter and its like, whose keys are in the answer already, and adds the settings
// of converters that the connector itself names.
void CheckConverters(const ConfigMap& config, const WorkerConfig* worker, const ClassKeys& classes,
                     CheckAnswer& answer);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CLASS_CHECK_H_
