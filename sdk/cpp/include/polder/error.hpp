/// Errors are values: a function returns a `polder::result`, or any `std::expected` whose error is a text.
#pragma once

#include <expected>
#include <format>
#include <string>
#include <string_view>

#include "polder/memory.h"

namespace polder {

/// Why something failed. What a function failed with fails the statement, which names the row.
struct error {
    std::string message;
    /// Whether, and for which reason, the host refused.
    polder_failure reason = POLDER_OTHER;

    error(std::string message) : message(std::move(message)) {}
    error(std::string_view message) : message(message) {}
    error(const char *message) : message(message) {}

    /// The failure of the SDK's last call.
    static error last() {
        polder_text text{"", 0};
        polder_failure reason = polder_recover(&text);
        error error(std::string_view(text.data, text.length));
        error.reason = reason;
        return error;
    }
};

template <class T>
using result = std::expected<T, error>;

/// `return polder::fail("base {} is not between 2 and 36", base);`
template <class... Values>
std::unexpected<error> fail(std::format_string<Values...> format, Values &&...values) {
    return std::unexpected(error(std::format(format, std::forward<Values>(values)...)));
}

inline std::string_view message_of(const error &error) {
    return error.message;
}

inline std::string_view message_of(std::string_view message) {
    return message;
}

}  // namespace polder

/// The value of a result; where there is none, the function that this stands in returns the error.
#define POLDER_TRY(RESULT)                                                                 \
    ({                                                                                     \
        auto &&polder_result = (RESULT);                                                   \
        if (!polder_result) return std::unexpected(std::move(polder_result).error());      \
        polder::value_of(std::move(polder_result));                                        \
    })

namespace polder {

template <class T, class E>
T value_of(std::expected<T, E> &&result) {
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace polder
