/// Tasks: steps of workflows.
#pragma once

#include "call.hpp"

namespace polder {

template <auto F>
struct task_of : entry<typename signature<decltype(F)>::parameters> {
    using parameters = typename signature<decltype(F)>::parameters;
    using returned = typename signature<decltype(F)>::returned;
    using outputs = inner_t<returned>;

    task_of(const char *name, std::initializer_list<const char *> names, const options &options)
        : entry<parameters>(name, polder_task_kind, type(), names, options) {
        this->function.call = call;
        polder_enter(&this->function);
    }

    static constexpr const polder_type *type() {
        if constexpr (std::is_void_v<outputs>) return nullptr;
        else return &sql<outputs>::type;
    }

    static void call(const polder_call *call, polder_builder *result) {
        auto run = [&] { return arguments<parameters>::apply(F, *call, 0); };
        if constexpr (std::is_void_v<returned>) {
            run();
        } else {
            auto outputs = settled(run());
            if constexpr (!std::is_void_v<task_of::outputs>) {
                if (outputs) push(*result, *outputs);
            }
        }
    }
};

}  // namespace polder

/// Makes a function a task. It returns nothing, or a row whose members are the outputs, or a result of either; a parameter
/// that is a `std::optional` may be left out.
#define POLDER_TASK(NAME, PARAMETERS, ...) POLDER_ENTER(task_of, NAME, PARAMETERS, __VA_ARGS__)
