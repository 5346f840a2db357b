import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.knn.plugin.KNNPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.transport.Netty4Plugin;

/**
 * OpenSearch of one node in a JVM whose class path has all of it: `java Node folder port`. It keeps its data in the
 * folder, listens on 127.0.0.1 alone, and ends with SIGTERM.
 *
 * The distribution's own start asks for its folders of modules, refuses root, and is published by no package registry.
 */
public class Node extends org.opensearch.node.Node {
    private Node(Path folder, Settings settings) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), folder, () -> "discovery"),
            List.of(Netty4Plugin.class, CommonAnalysisPlugin.class, KNNPlugin.class),
            false
        );
    }

    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.builder()
            .put("path.home", arguments[0])
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", "0")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)   // a nearly full disk would stop writes
            .build();
        LogConfigurator.configureWithoutConfig(settings);
        new Node(Path.of(arguments[0]), settings).start();
        new CountDownLatch(1).await();   // its own threads keep no JVM running
    }
}
