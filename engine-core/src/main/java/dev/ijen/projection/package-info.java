/// Many numbers of an example seen in two, and which examples are near: ways to look at what a network has learnt.
package dev.ijen.projection;
