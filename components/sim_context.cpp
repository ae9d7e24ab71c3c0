// SPDX-License-Identifier: Apache-2.0
#include "components/sim_context.hpp"

#include <string>
#include <utility>
#include <vector>

#include "energy/error.hpp"

namespace sumline {
namespace {

void collect_processes(const std::vector<sc_core::sc_object*>& objects,
                       std::vector<sc_core::sc_process_handle>& processes) {
  for (sc_core::sc_object* object : objects) {
    if (const sc_core::sc_process_handle process(object); process.valid()) {
      processes.push_back(process);
    }
    collect_processes(object->get_child_objects(), processes);
  }
}

/// The kernel drops the stack of an unfinished thread without unwinding it. Only a process may kill, hence
/// the reaper.
void end_processes() {
  sc_core::sc_spawn([] {
    const sc_core::sc_process_handle reaper = sc_core::sc_get_current_process_handle();
    std::vector<sc_core::sc_process_handle> processes;
    collect_processes(sc_core::sc_get_top_level_objects(), processes);
    for (sc_core::sc_process_handle& process : processes) {
      if (process != reaper && !process.terminated()) {
        process.kill();
      }
    }
  });
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

}  // namespace

SimContext::SimContext()
    : previous_(sc_core::sc_curr_simcontext),
      previous_default_(sc_core::sc_default_global_context),
      warning_actions_(sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW)),
      context_(std::make_unique<sc_core::sc_simcontext>()) {
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = context_.get();
  sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
}

SimContext::~SimContext() {
  context_.reset();
  sc_core::sc_curr_simcontext = previous_;
  sc_core::sc_default_global_context = previous_default_;
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, warning_actions_);
}

void SimContext::run() {
  try {
    sc_core::sc_start();
    end_processes();
  } catch (const sc_core::sc_report& report) {
    throw InternalError("simulation: " + std::string(report.what()));
  }
  if (reason_) {
    std::rethrow_exception(reason_);
  }
}

void SimContext::stop(std::exception_ptr reason) {
  reason_ = std::move(reason);
  sc_core::sc_pause();
}

}  // namespace sumline
