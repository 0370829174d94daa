// The little XML that S3 speaks. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_XML_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_XML_H_

#include <string>
#include <string_view>

namespace sluice::object_store_sink {

// The text of the first element of this name, entities resolved; "" if there is none.
std::string XmlText(std::string_view document, std::string_view element);
// The name of the outermost element, without its namespace's prefix; "" if there is none.
std::string_view XmlRoot(std::string_view document);
std::string XmlEscape(std::string_view text);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_XML_H_
