package dev.ijen.train.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a configuration key means. Reader, writer, comments and JSON schema are all made from it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Key {
    /// One line for people.
    String doc();

    /// The value where the key is absent, as YAML; sections need none.
    String or() default "";

    /// The least number allowed.
    double min() default Double.NEGATIVE_INFINITY;

    /// The greatest number allowed.
    double max() default Double.POSITIVE_INFINITY;

    /// Whether the key must be there.
    boolean required() default false;
}
