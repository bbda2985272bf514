// knowledge                       2,000 rows against a loopback server of 200 ms, 32 calls at a time: time over the ideal
// encoder [FOLDER]                texts a second of an ONNX encoder (default: shared/models/use-lite)
// alternating [STEPS] [THREADS]   training steps against bare loops in one process, for a machine with other work
// quantizers [ROUNDS] [THREADS]   code search, encoding and training of quantizers against their baselines in turn
// scale QUANTIZER THREADS ROWS…   fit and encoding of ROWS vectors of 128 values, such as: scale ResidualKMeans 1 250000 500000 1000000
// losses [STEPS] [THREADS]        training steps under each loss and source of negatives, likewise
// ranking [ROUNDS] [THREADS]      evaluation of 6,028 rows x 3,533 items against its bare matrix product
// attention [ROUNDS] [THREADS]    graph attention at 1, 2 and 5 million edges against gather/scatter
// training THREADS USERS…          a training step of USERS users and a tenth as many items, AdamW over all rows and over those that a step read
// insertion [SCALE]…             new items and users into an engine of MovieLens-1M size times SCALE (default 1)
// retrieval [ITEMS]…             exact top-10 of ITEMS (default 3533 1000000) against a plain sum over the same vectors
// requests [ITEMS]…              whole requests to an engine of as many items, from one thread and from two
// cluster [ITEMS]…                requests and insertions through 1, 2 and 3 silos of samples/Cluster against the engine in process
// index [ITEMS]                   the approximate index against exact search (default 1,000,000 vectors of 32 values)
// anything else                   BenchmarkDotNet, such as --filter *TrainingStep*
using System.Globalization;
using AutoGraph.Benchmarks;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["knowledge"]: return await KnowledgeThroughput.RunAsync();
    case ["encoder", .. var folder]: return await EncoderThroughput.RunAsync(folder.FirstOrDefault());
    case ["alternating", .. var numbers]:
        Alternating.Run(Number(numbers, 0, 40), Number(numbers, 1, 2));
        return 0;
    case ["quantizers", .. var numbers]:
        AlternatingQuantizers.Run(Number(numbers, 0, 9), Number(numbers, 1, 2));
        return 0;
    case ["scale", var quantizer, var threads, .. var rows]:
        QuantizerScale.Run(Enum.Parse<AutoGraph.Quantizer>(quantizer), int.Parse(threads, CultureInfo.InvariantCulture), rows.Select(count => int.Parse(count, CultureInfo.InvariantCulture)));
        return 0;
    case ["attention", .. var numbers]:
        AttentionScale.Run(Number(numbers, 0, 7), Number(numbers, 1, 2), [1_000_000, 2_000_000, 5_000_000]);
        return 0;
    case ["ranking", .. var numbers]:
        RankingSpeed.Run(Number(numbers, 0, 9), Number(numbers, 1, 2));
        return 0;
    case ["losses", .. var numbers]:
        LossSteps.Run(Number(numbers, 0, 40), Number(numbers, 1, 2));
        return 0;
    case ["training", var threads, .. var users]:
        TrainingScale.Run(int.Parse(threads, CultureInfo.InvariantCulture), Sizes(users));
        return 0;
    case ["insertion", .. var scales]:
        InsertionSpeed.Run(scales is [] ? [1] : scales.Select(scale => int.Parse(scale, CultureInfo.InvariantCulture)));
        return 0;
    case ["retrieval", .. var sizes]:
        RetrievalSpeed.Run(Sizes(sizes));
        return 0;
    case ["requests", .. var sizes]:
        RequestSpeed.Run(Sizes(sizes));
        return 0;
    case ["cluster", .. var sizes]:
        await ClusterSpeed.RunAsync(Sizes(sizes));
        return 0;
    case ["index", .. var numbers]:
        IndexSpeed.Run(Number(numbers, 0, 1_000_000));
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}

static int Number(string[] numbers, int place, int standard) => numbers.Length > place ? int.Parse(numbers[place], CultureInfo.InvariantCulture) : standard;

static IEnumerable<int> Sizes(string[] sizes) => sizes is [] ? [3533, 1_000_000] : sizes.Select(size => int.Parse(size, CultureInfo.InvariantCulture));
