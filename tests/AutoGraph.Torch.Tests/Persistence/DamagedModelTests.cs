using AutoGraph.TestKit;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.Persistence;

/// <summary>Damage of any kind to a small model file: it is refused, or the model gives the scores it gave.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private const int Places = 120;
    private static readonly ReleasedVersion Released = ReleasedVersion.Named(ReleasedVersion.Names.Last());
    private static readonly (string User, string Item)[] Pairs = [.. Released.ReadScores().Select(row => (row.User, row.Item))];
    private readonly TempFolder _folder = new();
    private readonly float[] _scores = ReleasedVersion.ScoresOf(new MLContext().Model.Load(Released.Model, out _), Pairs);

    public void Dispose() => _folder.Dispose();

    private string Bad => _folder.File("bad.zip");

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Load_SealedFileDamagedAnywhere_RefusesOrGivesTheSameScores(int seed) => DamageAndLoad(File.ReadAllBytes(Released.Model), new Random(seed));

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Load_FileOfPlainMLNetDamagedAnywhere_RefusesOrGivesTheSameScores(int seed)
    {
        var model = new MLContext().Model.Load(Released.Model, out var schema);
        new MLContext().Model.Save(model, schema, _folder.File("plain.zip"));
        DamageAndLoad(File.ReadAllBytes(_folder.File("plain.zip")), new Random(seed));
    }

    [Fact]
    public void ModelLoad_PlainMLNetOurEntryDamaged_RefusesAndNamesThePart()
    {
        var random = new Random(5);
        var model = StoredModel.Open(Released.Model);
        foreach (string entry in model.Own)
        {
            byte[] whole = model[entry];
            for (int time = 0; time < 4; time++)
            {
                byte[] damaged = Damage.Any(whole, random);
                if (damaged.AsSpan().SequenceEqual(whole)) continue;
                model[entry] = damaged;
                Refused(model, entry);
            }
            model[entry] = whole;
        }
    }

    [Fact]
    public void ModelLoad_PlainMLNetOurEntriesSwapped_RefusesAndNamesThePart()
    {
        var model = StoredModel.Open(Released.Model);
        foreach (string entry in model.Own)
        {
            byte[] whole = model[entry];
            // an entry of the same name elsewhere is the one that could pass for it
            foreach (string other in model.Own.Where(other => other != entry && Path.GetFileName(other) == Path.GetFileName(entry)))
            {
                model[entry] = model[other];
                Refused(model, entry);
            }
            model[entry] = whole;
        }
    }

    [Fact]
    public void ModelLoad_PlainMLNetOurEntryMissing_RefusesAndNamesThePart()
    {
        var model = StoredModel.Open(Released.Model);
        foreach (string entry in model.Own)
        {
            byte[] whole = model[entry];
            model.Remove(entry);
            Refused(model, entry);
            Assert.Contains($"The part '{Path.GetFileName(entry)}'", Assert.Throws<InvalidDataException>(() => new MLContext().AutoGraph().Load(Bad, out _)).Message, StringComparison.Ordinal);
            model[entry] = whole;
        }
    }

    [Theory, InlineData(1), InlineData(2)]
    public void ModelLoad_PlainMLNetBytesOfOurEntriesDamaged_NeverGivesOtherScores(int seed)
    {
        var random = new Random(seed);
        byte[] whole = File.ReadAllBytes(Released.Model);
        var places = StoredModel.BytesOfOwn(Released.Model);
        for (int time = 0; time < Places; time++)
        {
            var (start, length) = places[random.Next(places.Length)];
            byte[] damaged = [.. whole[..start], .. Damage.InPlace(whole[start..(start + length)], random), .. whole[(start + length)..]];
            File.WriteAllBytes(Bad, damaged);
            ITransformer? model = null;
            var error = Record.Exception(() => model = new MLContext().Model.Load(Bad, out _));
            if (error is null) Assert.Equal(_scores, ReleasedVersion.ScoresOf(model!, Pairs));
        }
    }

    private void DamageAndLoad(byte[] whole, Random random)
    {
        var autoGraph = new MLContext().AutoGraph();
        int refused = 0;
        for (int time = 0; time < Places; time++)
        {
            File.WriteAllBytes(Bad, Damage.Any(whole, random));
            ITransformer model;
            try
            {
                model = autoGraph.Load(Bad, out _);
            }
            catch (InvalidDataException error)
            {
                Assert.Contains("bad.zip", error.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }
            Assert.Equal(_scores, ReleasedVersion.ScoresOf(model, Pairs));
        }
        Assert.InRange(refused, Places / 2, Places);
    }

    private void Refused(StoredModel model, string entry)
    {
        model.Write(Bad);
        string expected = $"The part '{Path.GetFileName(entry)}' of the saved AutoGraph";
        Assert.Contains(expected, Record.Exception(() => new MLContext().Model.Load(Bad, out _))?.ToString() ?? "no error", StringComparison.Ordinal);
    }
}
