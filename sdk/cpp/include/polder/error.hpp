/// Errors are values: a function returns a `polder::result`, or any `std::expected` whose error is a text.
#pragma once

#include <charconv>
#include <concepts>
#include <expected>
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

/// A text of texts and numbers, one after the other.
template <class... Parts>
std::string joined(const Parts &...parts) {
    std::string text;
    auto append = [&](const auto &part) {
        if constexpr (std::convertible_to<decltype(part), std::string_view>) {
            text += std::string_view(part);
        } else {
            char digits[64];
            text.append(digits, std::to_chars(digits, std::end(digits), part).ptr);
        }
    };
    (append(parts), ...);
    return text;
}

/// `return polder::fail("base ", base, " is not between 2 and 36");`
template <class... Parts>
std::unexpected<error> fail(const Parts &...parts) {
    return std::unexpected(error(joined(parts...)));
}

/// The words of any error.
std::string_view message_of(const auto &failure) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(failure)>, error>) return failure.message;
    else return failure;
}

}  // namespace polder

/// The value of a result; where there is none, the function that this stands in returns the error.
#define POLDER_TRY(RESULT)                                                            \
    ({                                                                                \
        auto &&polder_result = (RESULT);                                              \
        if (!polder_result) return std::unexpected(std::move(polder_result).error()); \
        polder::value_of(std::move(polder_result));                                   \
    })

namespace polder {

template <class T, class E>
T value_of(std::expected<T, E> &&result) {
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace polder
