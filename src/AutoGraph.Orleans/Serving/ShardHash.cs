using System.IO.Hashing;
using System.Text;

namespace AutoGraph.Orleans.Serving;

/// <summary>The shard of an item: the same on every machine, for ever.</summary>
internal static class ShardHash
{
    internal static int Of(string itemId, int shards) => (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(itemId)) % (ulong)shards);
}
