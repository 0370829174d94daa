// What an answer of Azure's that is no success means. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_ERROR_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_ERROR_H_

#include <string>
#include <string_view>

#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {

// By the status and Azure's own word for it (ServerBusy, ContainerNotFound, ...), which may be "".
StoreErrorKind AzureKindOf(int status, std::string_view code);
// That word: of a header, as answers to HEAD have no body.
std::string AzureCode(const HttpResponse& answer);
// `what` names the call and the object. Code and message are the answer's.
StoreError AzureErrorOf(std::string_view what, const HttpResponse& answer);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_ERROR_H_
