// What an answer of S3's that is no success means. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_ERROR_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_ERROR_H_

#include <string_view>

#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {

// By the status and S3's own word for it (SlowDown, NoSuchUpload, ...), which may be "".
StoreErrorKind KindOf(int status, std::string_view code);
// The credentials are not valid any more; others may be.
bool IsExpired(std::string_view code);
// `what` names the call and the object. Code and message are the answer's.
StoreError ErrorOf(std::string_view what, const HttpResponse& answer);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_ERROR_H_
