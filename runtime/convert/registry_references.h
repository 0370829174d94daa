// What a schema of a registry refers to, from there. For registry_converter.cc, on its thread.
#ifndef SLUICE_RUNTIME_CONVERT_REGISTRY_REFERENCES_H_
#define SLUICE_RUNTIME_CONVERT_REGISTRY_REFERENCES_H_

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/convert/registry_format.h"
#include "runtime/schema_registry/client.h"

namespace sluice::convert {

// `given` with all its references' texts, each behind those that it needs itself. A subject without
// a context is one of the context of who refers to it. SerializationException: a circle, or too
// many; else what the client says.
StatusOr<ResolvedSchema> ResolveReferences(const schema_registry::Registered& given,
                                           schema_registry::Client& client, Waiter* waiter);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_REGISTRY_REFERENCES_H_
