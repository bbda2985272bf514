using AutoGraph.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class ServicesTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    [Fact]
    public void AddRecommendationEngine_WhenAskedFor_LoadsTheModelAndItsLog()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection().AddRecommendationEngine(folder.File("model.zip"), folder.File("log"), (_, model) => model);
        world.AutoGraph.Save(world.Model, null, folder.File("model.zip"));
        var service = Assert.Single(services);
        Assert.Equal((typeof(RecommendationEngine), ServiceLifetime.Singleton), (service.ServiceType, service.Lifetime));
        using (var engine = (RecommendationEngine)service.ImplementationFactory!(null!)) engine.AddUser(new NewUser("new") { History = [world.ColdItem] });
        using var again = (RecommendationEngine)service.ImplementationFactory!(null!);
        var fromServices = Assert.Single(new ServiceCollection().AddRecommendationEngine(folder.File("model.zip"), (provider, _, model) => ((Func<ITransformer, ITransformer>)provider.GetService(typeof(Func<ITransformer, ITransformer>))!)(model)));
        var asked = new Provider(model => model);
        using (var third = (RecommendationEngine)fromServices.ImplementationFactory!(asked)) Assert.NotEmpty(third.Recommend(world.ColdUser));
        Assert.Equal(1, asked.Asked);
        Assert.Equal(world.Engine().RecommendFor([world.ColdItem], 3).Select(item => item.ItemId), again.Recommend("new", 3).Select(item => item.ItemId));
    }

    private sealed class Provider(Func<ITransformer, ITransformer> service) : IServiceProvider
    {
        internal int Asked { get; private set; }

        public object GetService(Type serviceType)
        {
            Asked++;
            return service;
        }
    }
}
