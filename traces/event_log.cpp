// SPDX-License-Identifier: Apache-2.0
#include "traces/event_log.hpp"

#include <fmt/format.h>

namespace sumline {

EventLogWriter::EventLogWriter(const std::string& path) : file_(path) {
  file_.write("start_fs,duration_fs,tile,bank,layer,image,position,ou_reads,adc_conversions\n");
}

void EventLogWriter::add(const JobEvent& event) {
  file_.write(fmt::format("{},{},{},{},{},{},{},{},{}\n", event.start, event.duration, event.tile, event.bank,
                          event.layer, event.image, event.position, event.ou_reads, event.adc_conversions));
}

}  // namespace sumline
