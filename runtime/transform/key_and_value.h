// Adding a transform that has a $Key and a $Value to a list of classes.
#ifndef SLUICE_RUNTIME_TRANSFORM_KEY_AND_VALUE_H_
#define SLUICE_RUNTIME_TRANSFORM_KEY_AND_VALUE_H_

#include <string>

#include "runtime/transform/field_transform.h"
#include "runtime/transform/transform.h"

// Adds X$Key and X$Value, both made by `make<Side>`.
#define SLUICE_ADD_KEY_AND_VALUE(classes, name, definition, make)                      \
  (classes).push_back({std::string(name) + "$Key", &(definition), &make<Side::kKey>}); \
  (classes).push_back({std::string(name) + "$Value", &(definition), &make<Side::kValue>})

#endif  // SLUICE_RUNTIME_TRANSFORM_KEY_AND_VALUE_H_
