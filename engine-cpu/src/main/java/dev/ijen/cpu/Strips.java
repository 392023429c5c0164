package dev.ijen.cpu;

/// How a matrix of floats lies that is to be the right side of products: blocks of rows, one after the other, and in each the rows of a strip of columns, then
/// those of the next strip. It is as large as by rows.
///
/// @param columns a multiple of `strip`
/// @param strip columns of a strip
record Strips(int rows, int columns, int strip) {
    /// Most rows of a block: a strip of them stays in the first-level cache, and not all strips begin at the same place in it, as those of 256 would.
    private static final int MOST = 248;
    /// Rows of a block are a multiple, as far as there are so many.
    private static final int STEP = 4;

    /// Rows of all blocks but the last.
    int depth() {
        return Math.ceilDiv(Math.ceilDiv(rows, Math.ceilDiv(rows, MOST)), STEP) * STEP;
    }

    int blocks() {
        return Math.ceilDiv(rows, depth());
    }

    /// Rows of a block.
    int depth(int block) {
        return Math.min(depth(), rows - block * depth());
    }

    /// Where a block begins, in bytes.
    long at(int block) {
        return (long) block * depth() * columns * Float.BYTES;
    }

    /// Bytes from strip to strip of a block.
    long step(int block) {
        return depth(block) * rowBytes();
    }

    /// Bytes of a strip's row.
    long rowBytes() {
        return (long) strip * Float.BYTES;
    }

    /// Brings some rows, which lie `row` bytes apart, to their place in some strips.
    ///
    /// @param first number of the first row
    /// @param count strips
    /// @param to where the matrix begins
    void put(Micro32Code u, long from, long row, int first, int n, int strip, int count, long to) {
        for (int i = 0; i < n;) {
            int block = (first + i) / depth();
            int in = first + i - block * depth();
            int some = Math.min(n - i, depth(block) - in);
            u.packStrips(from + i * row, row, count, to + at(block) + strip * step(block) + in * rowBytes(),
                    step(block), some);
            i += some;
        }
    }
}
