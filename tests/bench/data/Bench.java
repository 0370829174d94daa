// Times loops, as a JMH in one file: warms one up until the JVM has compiled it, then measures slices of it. Run once
// for each loop, so that none is compiled for what another one does.
//
//   java ConverterBench            the names of all
//   java ConverterBench NAME       ns of one call
//
// Times are the thread's CPU time: a JVM's collector and compiler have threads of their own, and count nothing. Both sides
// of tools/bench data take the median of such slices.

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

public class Bench {
  interface Loop {
    Object once() throws Exception;
  }

  static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  static final int SLICES = 5, AT_ONCE = 2000;
  static final long SLICE = 300_000_000L, WARM_UP = 3_000_000_000L;
  static volatile Object sink;

  final Map<String, Loop> loops = new LinkedHashMap<>();

  void add(String name, Loop loop) {
    loops.put(name, loop);
  }

  // ns of one call, for about `time` ns.
  static double slice(Loop loop, long time) throws Exception {
    long calls = 0, began = THREADS.getCurrentThreadCpuTime(), now;
    do {
      for (int i = 0; i < AT_ONCE; i++) sink = loop.once();
      calls += AT_ONCE;
      now = THREADS.getCurrentThreadCpuTime();
    } while (now - began < time);
    return (double) (now - began) / calls;
  }

  void run(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      for (String name : loops.keySet()) System.out.println(name);
      return;
    }
    Loop loop = loops.get(arguments[0]);
    if (loop == null) throw new IllegalArgumentException("no loop of the name " + arguments[0]);
    for (long end = System.nanoTime() + WARM_UP; System.nanoTime() < end; ) slice(loop, SLICE);
    double[] slices = new double[SLICES];
    for (int i = 0; i < SLICES; i++) slices[i] = slice(loop, SLICE);
    Arrays.sort(slices);
    System.out.println(slices[SLICES / 2]);
  }
}
