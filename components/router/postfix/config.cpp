// See config.hpp. Reading it is in config_loader.cpp.
#include "components/router/postfix/config.hpp"

namespace watershed::postfix {

Parameters PostfixConfig::parameters_of(const Service* service) const {
  return service == nullptr ? parameters_ : parameters_.with_overrides(service->overrides);
}

TablePtr PostfixConfig::table(std::string_view type_and_name) const {
  const auto found = tables_.find(type_and_name);
  if (found != tables_.end()) return found->second;
  return unanswerable_table(type_and_name, {main_->file(), 0, 0}, "it was not opened when the folder was read");
}

Maps PostfixConfig::maps(const Parameters& parameters, std::string_view parameter) const {
  std::vector<TablePtr> tables;
  for (const std::string& element : parameters.list(parameter)) tables.push_back(table(element));
  return Maps(std::string(parameter), std::move(tables));
}

const TableSource::File* PostfixConfig::file(std::string_view name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

const TableSource::File* PostfixConfig::dot_forward(std::string_view local_part) const {
  const auto found = dot_forwards_.find(local_part);
  return found == dot_forwards_.end() ? nullptr : &found->second;
}

std::vector<ParameterSummary> summarize(const PostfixConfig& config) {
  std::vector<ParameterSummary> summaries;
  for (const Setting* setting : config.main().settings()) {
    const ParameterFact* fact = find_parameter(setting->name);
    summaries.push_back({setting->name, config.parameters().text(setting->name), setting->at,
                         fact != nullptr ? fact->treatment : Treatment::harmless});
  }
  return summaries;
}

}  // namespace watershed::postfix
